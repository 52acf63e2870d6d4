#!/usr/bin/env bash
# Writes src/jimbot_stream/contracts/v1/*_pb2.py(i) from the .proto files. The generator lives in an
# environment of its own: its protobuf must be no newer than the oldest runtime that we allow.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=.venv-protoc
if [ ! -x "$tools/bin/python" ]; then
  "${PYTHON:-python3}" -m venv "$tools"
  "$tools/bin/pip" install --quiet "grpcio-tools==1.74.*" "setuptools<81"
fi
"$tools/bin/python" -m grpc_tools.protoc -I proto --python_out=src --pyi_out=src \
  proto/jimbot_stream/contracts/v1/*.proto
