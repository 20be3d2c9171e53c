namespace Spool.Storage;

/// <summary>One row of the <see cref="ErrorTable"/>.</summary>
/// <param name="Code">The error code.</param>
/// <param name="Name">Its name on Spool's wire, <c>code</c> in the metadata of <c>google.rpc.ErrorInfo</c>. No two codes share one.</param>
/// <param name="Group">The reason in <c>google.rpc.ErrorInfo</c>: one of nine words that every version knows. Codes that a caller may treat
/// alike, if it does not know them, share one.</param>
/// <param name="GrpcStatus">The number of the gRPC status, as the clients of Codex need it.</param>
/// <param name="JsonRpcCode">The JSON-RPC error code: one of the five that Codex's clients know. Codes share them; <see cref="ErrorJson"/>
/// in the error's data says which it is.</param>
/// <param name="ExitCode">The exit code of the command line.</param>
public sealed record ErrorRow(ThreadStoreErrorCode Code, string Name, string Group, int GrpcStatus, int JsonRpcCode, int ExitCode);
