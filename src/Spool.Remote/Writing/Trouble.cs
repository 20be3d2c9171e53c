using Grpc.Core;

namespace Spool.Remote;

/// <summary>Why a writer's session ended before the writer did.</summary>
/// <param name="Error">What the call said.</param>
sealed record Trouble(RpcException Error)
{
    /// <summary>Gets the appends of the message that the error may be the answer to.</summary>
    public IReadOnlyList<AppendOperation> Message { get; init; } = [];

    /// <summary>Gets the other call that the error is the answer to.</summary>
    public ControlOperation? Control { get; init; }
}
