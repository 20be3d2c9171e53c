using System.Runtime.CompilerServices;

namespace Spool.Storage;

/// <summary>The calls of a store that are under way, so that disposing means the same for every store: no call begins any more, reads end
/// at once, changes that have begun to store end as what they became, and disposing waits for all of them.</summary>
/// <remarks>A call is either refused here, and then it has no effect, or it is waited for. Costs two interlocked operations a call, and a
/// linked token for one that waits.</remarks>
/// <param name="store">The type that an <see cref="ObjectDisposedException"/> names.</param>
public sealed class OngoingCalls(Type store) : IAsyncDisposable
{
    const int EndingBit = 1 << 30; // the rest is how many calls are under way

    readonly CancellationTokenSource _ending = new();
    readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _state;

    /// <summary>Gets whether the store is disposed, or being disposed.</summary>
    public bool IsEnding => (Volatile.Read(ref _state) & EndingBit) != 0;

    /// <summary>Begins a call, which lasts until <see cref="Leave"/>.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed. Nothing has begun then.</exception>
    public void Enter()
    {
        if ((Interlocked.Increment(ref _state) & EndingBit) == 0)
            return;
        Leave();
        throw Disposed();
    }

    /// <summary>Ends a call.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _state) == EndingBit)
            _allEnded.TrySetResult();
    }

    /// <summary>Makes a call that only reads.</summary>
    /// <param name="read">Makes it, with a token that is cancelled by the caller and when the store is disposed.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="ObjectDisposedException">The store is disposed, or was disposed meanwhile.</exception>
    public ValueTask<T> ReadAsync<T>(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken) =>
        ChangeAsync(call => read(call.Token), cancellationToken);

    /// <summary>Makes a call that only reads, and gives nothing back.</summary>
    /// <param name="read">Makes it, with a token that is cancelled by the caller and when the store is disposed.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="ObjectDisposedException">The store is disposed, or was disposed meanwhile.</exception>
    public async ValueTask ReadAsync(Func<CancellationToken, ValueTask> read, CancellationToken cancellationToken) =>
        await ReadAsync(
                async token =>
                {
                    await read(token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);

    /// <summary>Reads a stream. Each step is a call, as with <see cref="NextAsync"/>.</summary>
    /// <param name="items">Begins the stream, with a token that is cancelled by the caller and when the store is disposed. What it throws
    /// is thrown by the first step, also when the store is disposed.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="ObjectDisposedException">The store is disposed, or was disposed meanwhile.</exception>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> items,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(items);
        using var either = Linked(cancellationToken);
        var enumerator = items(either.Token).GetAsyncEnumerator(either.Token);
        await using var disposing = enumerator.ConfigureAwait(false);
        while (await NextAsync(enumerator, cancellationToken).ConfigureAwait(false))
            yield return enumerator.Current;
    }

    /// <summary>Makes one step of a stream, which is a call: a store that is disposed waits for it, and no later one begins.</summary>
    /// <param name="items">The stream, whose token is of <see cref="Linked"/>.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>Whether there is another item.</returns>
    /// <exception cref="ObjectDisposedException">The store is disposed, or was disposed meanwhile.</exception>
    public async ValueTask<bool> NextAsync<T>(IAsyncEnumerator<T> items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        Enter();
        try
        {
            return await items.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ThrowIfEnded(cancellationToken);
            throw;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Makes a change.</summary>
    /// <param name="make">Makes it. What it does before <see cref="OngoingChange.Begin"/> it does with <see cref="OngoingChange.Token"/>,
    /// and what it does afterwards without any.</param>
    /// <param name="cancellationToken">Cancels it until it has begun to store.</param>
    /// <exception cref="ObjectDisposedException">The store was disposed before the change had begun to store.</exception>
    public async ValueTask<T> ChangeAsync<T>(Func<OngoingChange, ValueTask<T>> make, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var either = Linked(cancellationToken);
            return await make(new OngoingChange(this, either.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ThrowIfEnded(cancellationToken);
            throw;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Makes the source of a token that is cancelled by the caller and when the store is disposed.</summary>
    /// <param name="cancellationToken">The caller's.</param>
    public CancellationTokenSource Linked(CancellationToken cancellationToken) =>
        CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);

    /// <summary>Throws what a call that was cancelled through <see cref="Linked"/> ends as.</summary>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled it.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    public void ThrowIfEnded(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IsEnding)
            throw Disposed();
    }

    /// <summary>Lets no call begin any more, nor any change that has stored nothing yet, cancels reads and waits for everything that is
    /// under way. A second call waits for the same.</summary>
    /// <remarks>Called from within a call and waited for there it never ends.</remarks>
    public async ValueTask DisposeAsync()
    {
        var before = Interlocked.Or(ref _state, EndingBit);
        if (before == 0)
            _allEnded.TrySetResult();
        if ((before & EndingBit) == 0)
            await _ending.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // no call waits for this
        await _allEnded.Task.ConfigureAwait(false);
#pragma warning restore VSTHRD003
    }

    ObjectDisposedException Disposed() => new(store.FullName);
}

/// <summary>One change that is under way.</summary>
public sealed class OngoingChange
{
    readonly OngoingCalls _all;

    internal OngoingChange(OngoingCalls all, CancellationToken token) => (_all, Token) = (all, token);

    /// <summary>Gets what cancels it until it has begun to store.</summary>
    public CancellationToken Token { get; }

    /// <summary>Comes before anything is stored: from here on the change is made, whatever is cancelled and whatever becomes of the
    /// store.</summary>
    /// <exception cref="OperationCanceledException">Its caller cancelled it.</exception>
    /// <exception cref="ObjectDisposedException">The store is being disposed.</exception>
    public void Begin()
    {
        _all.ThrowIfEnded(CancellationToken.None);
        Token.ThrowIfCancellationRequested();
    }
}
