"""The API table: every request that the broker understands, version by version.

Layouts are those of Kafka's protocol, non-flexible versions only. Transactions are not
offered: their APIs are not advertised, so clients refuse before they try.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from jimbot_stream.bus.broker.wire import Layout, Message, Reader, layout

_THROTTLE: Final = "throttle_time_ms:i32"
_NAMED_ERROR: Final = "name:string error_code:i16 error_message:string?"


@dataclass(frozen=True, slots=True)
class Api:
    """One kind of request: its number, versions and layouts."""

    key: int
    name: str
    first: int
    last: int
    request: str
    response: str


_TABLE: Final = (
    Api(
        0,
        "produce",
        3,
        8,
        "transactional_id:string? acks:i16 timeout_ms:i32"
        " topics[name:string partitions[index:i32 records:bytes?]]",
        "topics[name:string partitions[index:i32 error_code:i16 base_offset:i64=-1"
        " log_append_time_ms:i64=-1 log_start_offset:i64@5=-1"
        " record_errors[batch_index:i32 message:string?]@8 error_message:string?@8]] " + _THROTTLE,
    ),
    Api(
        1,
        "fetch",
        4,
        11,
        "replica_id:i32 max_wait_ms:i32 min_bytes:i32 max_bytes:i32 isolation_level:i8"
        " session_id:i32@7 session_epoch:i32@7=-1 topics[name:string partitions[index:i32"
        " leader_epoch:i32@9=-1 offset:i64 log_start_offset:i64@5=-1 max_bytes:i32]]"
        " forgotten[name:string partitions:i32[]]@7 rack_id:string@11",
        _THROTTLE + " error_code:i16@7 session_id:i32@7 topics[name:string partitions[index:i32"
        " error_code:i16 high_watermark:i64=-1 last_stable_offset:i64=-1"
        " log_start_offset:i64@5=-1 aborted[producer_id:i64 first_offset:i64]"
        " preferred_read_replica:i32@11=-1 records:bytes]]",
    ),
    Api(
        2,
        "list_offsets",
        1,
        5,
        "replica_id:i32 isolation_level:i8@2"
        " topics[name:string partitions[index:i32 leader_epoch:i32@4=-1 timestamp:i64]]",
        "throttle_time_ms:i32@2 topics[name:string partitions[index:i32 error_code:i16"
        " timestamp:i64=-1 offset:i64=-1 leader_epoch:i32@4=-1]]",
    ),
    Api(
        3,
        "metadata",
        0,
        8,
        "topics[name:string]? allow_auto_topic_creation:bool@4"
        " include_cluster_operations:bool@8 include_topic_operations:bool@8",
        "throttle_time_ms:i32@3 brokers[node_id:i32 host:string port:i32 rack:string?@1]"
        " cluster_id:string?@2 controller_id:i32@1 topics[error_code:i16 name:string"
        " is_internal:bool@1 partitions[error_code:i16 index:i32 leader_id:i32"
        " leader_epoch:i32@7 replicas:i32[] isr:i32[] offline:i32[]@5]"
        " operations:i32@8=-2147483648] operations:i32@8=-2147483648",
    ),
    Api(
        8,
        "offset_commit",
        2,
        7,
        "group_id:string generation_id:i32 member_id:string instance_id:string?@7"
        " retention_time_ms:i64@2-4=-1 topics[name:string partitions[index:i32 offset:i64"
        " leader_epoch:i32@6=-1 metadata:string?]]",
        "throttle_time_ms:i32@3 topics[name:string partitions[index:i32 error_code:i16]]",
    ),
    Api(
        9,
        "offset_fetch",
        1,
        5,
        "group_id:string topics[name:string partitions:i32[]]?",
        "throttle_time_ms:i32@3 topics[name:string partitions[index:i32 offset:i64=-1"
        " leader_epoch:i32@5=-1 metadata:string? error_code:i16]] error_code:i16@2",
    ),
    Api(
        10,
        "find_coordinator",
        0,
        2,
        "key:string key_type:i8@1",
        "throttle_time_ms:i32@1 error_code:i16 error_message:string?@1"
        " node_id:i32=-1 host:string port:i32=-1",
    ),
    Api(
        11,
        "join_group",
        0,
        5,
        "group_id:string session_timeout_ms:i32 rebalance_timeout_ms:i32@1=-1 member_id:string"
        " instance_id:string?@5 protocol_type:string protocols[name:string metadata:bytes]",
        "throttle_time_ms:i32@2 error_code:i16 generation_id:i32=-1 protocol_name:string"
        " leader:string member_id:string"
        " members[member_id:string instance_id:string?@5 metadata:bytes]",
    ),
    Api(
        12,
        "heartbeat",
        0,
        3,
        "group_id:string generation_id:i32 member_id:string instance_id:string?@3",
        "throttle_time_ms:i32@1 error_code:i16",
    ),
    Api(
        13,
        "leave_group",
        0,
        3,
        "group_id:string member_id:string@0-2 members[member_id:string instance_id:string?]@3",
        "throttle_time_ms:i32@1 error_code:i16"
        " members[member_id:string instance_id:string? error_code:i16]@3",
    ),
    Api(
        14,
        "sync_group",
        0,
        3,
        "group_id:string generation_id:i32 member_id:string instance_id:string?@3"
        " assignments[member_id:string assignment:bytes]",
        "throttle_time_ms:i32@1 error_code:i16 assignment:bytes",
    ),
    Api(
        15,
        "describe_groups",
        0,
        4,
        "groups:string[] include_operations:bool@3",
        "throttle_time_ms:i32@1 groups[error_code:i16 group_id:string state:string"
        " protocol_type:string protocol:string members[member_id:string instance_id:string?@4"
        " client_id:string client_host:string metadata:bytes assignment:bytes]"
        " operations:i32@3=-2147483648]",
    ),
    Api(
        16,
        "list_groups",
        0,
        2,
        "",
        "throttle_time_ms:i32@1 error_code:i16 groups[group_id:string protocol_type:string]",
    ),
    Api(
        18,
        "api_versions",
        0,
        2,
        "",
        "error_code:i16 apis[key:i16 first:i16 last:i16] throttle_time_ms:i32@1",
    ),
    Api(
        19,
        "create_topics",
        0,
        4,
        "topics[name:string partitions:i32 replication_factor:i16"
        " assignments[index:i32 brokers:i32[]] configs[name:string value:string?]]"
        " timeout_ms:i32 validate_only:bool@1",
        "throttle_time_ms:i32@2 topics[name:string error_code:i16 error_message:string?@1]",
    ),
    Api(
        20,
        "delete_topics",
        0,
        3,
        "names:string[] timeout_ms:i32",
        "throttle_time_ms:i32@1 topics[name:string error_code:i16]",
    ),
    Api(
        22,
        "init_producer_id",
        0,
        1,
        "transactional_id:string? transaction_timeout_ms:i32",
        _THROTTLE + " error_code:i16 producer_id:i64=-1 producer_epoch:i16=-1",
    ),
    Api(
        32,
        "describe_configs",
        0,
        3,
        "resources[type:i8 name:string keys:string[]?] include_synonyms:bool@1"
        " include_documentation:bool@3",
        _THROTTLE + " resources[error_code:i16 error_message:string? type:i8 name:string"
        " configs[name:string value:string? read_only:bool is_default:bool@0-0 source:i8@1"
        " is_sensitive:bool synonyms[name:string value:string? source:i8]@1"
        " config_type:i8@3 documentation:string?@3]]",
    ),
    Api(
        33,
        "alter_configs",
        0,
        1,
        "resources[type:i8 name:string configs[name:string value:string?]] validate_only:bool",
        _THROTTLE + " resources[error_code:i16 error_message:string? type:i8 name:string]",
    ),
    Api(
        37,
        "create_partitions",
        0,
        1,
        "topics[name:string count:i32 assignments[brokers:i32[]]?]"
        " timeout_ms:i32 validate_only:bool",
        _THROTTLE + f" topics[{_NAMED_ERROR}]",
    ),
    Api(
        44,
        "incremental_alter_configs",
        0,
        0,
        "resources[type:i8 name:string configs[name:string operation:i8 value:string?]]"
        " validate_only:bool",
        _THROTTLE + " resources[error_code:i16 error_message:string? type:i8 name:string]",
    ),
    Api(
        42,
        "delete_groups",
        0,
        1,
        "groups:string[]",
        _THROTTLE + " groups[group_id:string error_code:i16]",
    ),
)
APIS: Final = {api.key: api for api in _TABLE}


@cache
def request_layout(key: int, version: int) -> Layout:
    """Layout of the requests of one API version."""
    return layout(APIS[key].request, version)


@cache
def response_layout(key: int, version: int) -> Layout:
    """Layout of the responses of one API version."""
    return layout(APIS[key].response, version)


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before every request."""

    key: int
    version: int
    correlation: int
    client_id: str | None

    @property
    def known(self) -> bool:
        """Whether the table has this API in this version."""
        api = APIS.get(self.key)
        return api is not None and api.first <= self.version <= api.last


_HEADER: Final = layout("key:i16 version:i16 correlation:i32 client_id:string?", 0)


def read_header(reader: Reader) -> Header:
    """Take the header of a request."""
    return Header(**_HEADER.read(reader))


def encode_response(key: int, version: int, correlation: int, body: Message) -> bytearray:
    """A whole response frame, length prefix included."""
    out = bytearray(4) + correlation.to_bytes(4, "big", signed=True)
    response_layout(key, version).write(out, body)
    out[:4] = (len(out) - 4).to_bytes(4, "big")
    return out


def encode_request(
    key: int, version: int, correlation: int, client_id: str | None, body: Message
) -> bytearray:
    """A whole request frame, length prefix included."""
    out = bytearray(4)
    header = {"key": key, "version": version, "correlation": correlation, "client_id": client_id}
    _HEADER.write(out, header)
    request_layout(key, version).write(out, body)
    out[:4] = (len(out) - 4).to_bytes(4, "big")
    return out
