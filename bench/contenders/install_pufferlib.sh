#!/usr/bin/env bash
# Put PufferLib 3.0.0 into the environment of a Python: install_pufferlib.sh [PYTHON]
#
# It pins numpy 1 and gymnasium 0.29, although its trainer runs with what we pin, so its own
# requirements are left out; the group "peers" has those that the trainer imports. Its setup.py
# builds forty games in C unless NO_OCEAN is set, and then trips over a name that it only defines
# with them; and it compiles for CUDA wherever there is an nvcc, even for a torch without CUDA.
set -euo pipefail
python=${1:-.venv/bin/python}
mended=$(mktemp -d)
trap 'rm -rf "$mended"' EXIT
cat > "$mended/sitecustomize.py" <<'EOF'
import builtins
import shutil

builtins.c_extension_paths = []
which = shutil.which
shutil.which = lambda name, *more, **named: None if name == "nvcc" else which(name, *more, **named)
EOF
NO_OCEAN=1 PYTHONPATH="$mended" "$python" -m pip install --no-deps --no-build-isolation pufferlib==3.0.0
"$python" -c "import pufferlib.pufferl"
