using Grpc.Core;

namespace Spool.Server;

/// <summary>Says when a call has to end that would go on for ever, and with which error: the server stops, or the token is taken
/// away that the call came with.</summary>
sealed class CallEnd : IDisposable
{
    // for the status to be sent, which takes time of the network; a client that takes nothing never hears of it
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    readonly ServerDrain _drain;
    readonly CancellationToken _revoked;
    readonly CancellationTokenSource _source;
    readonly Lock _cutting = new();
    readonly Action _cut;
    readonly ITimer? _grace;
    readonly CancellationTokenRegistration _beginning;
    bool _isOver;

    /// <summary>Begins to listen.</summary>
    /// <param name="drain">Says when the server stops.</param>
    /// <param name="cut">Cuts a call off that did not end by itself. It is not called when this was disposed.</param>
    /// <param name="revoked">Cancelled when the token of the call is taken away, where that ends the call.</param>
    public CallEnd(ServerDrain drain, Action cut, CancellationToken revoked)
    {
        (_drain, _revoked, _cut) = (drain, revoked, cut);
        _source = CancellationTokenSource.CreateLinkedTokenSource(drain.Token, revoked);
        if (!revoked.CanBeCanceled)
            return;
        _grace = TimeProvider.System.CreateTimer(
            static state => ((CallEnd)state!).Cut(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        _beginning = revoked.UnsafeRegister(static state => ((ITimer)state!).Change(Grace, Timeout.InfiniteTimeSpan), _grace);
    }

    /// <summary>Gets the token that is cancelled when the call has to end.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Gets whether the token of the call was taken away.</summary>
    public bool IsRevoked => _revoked.IsCancellationRequested;

    /// <summary>Gives the end of a call.</summary>
    public static CallEnd Of(ServerCallContext context) => context.GetHttpContext().Features.Get<CallEnd>()!;

    /// <summary>Makes the status for a call whose token is not valid, or is not any more.</summary>
    public static RpcException Unknown() =>
        WireErrors.ToRpc(
            new ThreadStoreException(ThreadStoreErrorCode.Unauthenticated, "A valid token is needed: authorization: Bearer TOKEN.")
        );

    /// <summary>Ends the call when it has to end.</summary>
    public void ThrowIfEnding()
    {
        ThrowIfRevoked();
        _drain.ThrowIfDraining();
    }

    /// <summary>Ends the call when its token was taken away. What comes to its end by itself goes on while the server stops.</summary>
    public void ThrowIfRevoked()
    {
        if (IsRevoked)
            throw Unknown();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _beginning.Dispose();
        _grace?.Dispose();
        _source.Dispose();
        lock (_cutting)
            _isOver = true;
    }

    void Cut()
    {
        lock (_cutting)
        {
            if (!_isOver)
                _cut();
        }
    }
}
