namespace Spool.Server;

/// <summary>Tells calls that would go on for ever that the server stops.</summary>
sealed class ServerDrain : IDisposable
{
    readonly CancellationTokenSource _source = new();

    /// <summary>Gets the token that is cancelled when the server stops.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Gets whether the server stops.</summary>
    public bool HasBegun => Token.IsCancellationRequested;

    /// <summary>Begins to stop.</summary>
    public Task BeginAsync() => _source.CancelAsync();

    /// <summary>Ends a call when the server stops.</summary>
    public void ThrowIfDraining()
    {
        if (HasBegun)
            throw WireErrors.Stopping();
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
