namespace Spool;

/// <summary>One row of the <see cref="ErrorTable"/>.</summary>
/// <param name="Code">The error code.</param>
/// <param name="Reason">The reason in <c>google.rpc.ErrorInfo</c>.</param>
/// <param name="GrpcStatus">The number of the gRPC status.</param>
/// <param name="JsonRpcCode">The JSON-RPC error code.</param>
/// <param name="ExitCode">The exit code of the command line.</param>
public sealed record ErrorRow(ThreadStoreErrorCode Code, string Reason, int GrpcStatus, int JsonRpcCode, int ExitCode);
