namespace Spool;

/// <summary>A thread whose session is still starting. Disposed before it was committed, it discards the thread, so that a start that fails
/// leaves nothing behind.</summary>
public sealed class LiveThreadStart : IAsyncDisposable
{
    LiveThread? _thread;

    LiveThreadStart(LiveThread thread) => _thread = thread;

    /// <summary>Begins a new thread. Nothing is stored yet.</summary>
    /// <param name="store">Where it is stored.</param>
    /// <param name="request">The id and the first item.</param>
    /// <param name="options">How it is stored, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ThreadStoreException">As <see cref="IThreadStore.CreateAsync"/>.</exception>
    public static async ValueTask<LiveThreadStart> CreateAsync(
        IThreadStore store,
        CreateRequest request,
        LiveThreadOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(request);
        options ??= new LiveThreadOptions();
        Check(options);
        var writer = await store.CreateAsync(request, cancellationToken).ConfigureAwait(false);
        var observer = new MetadataObserver();
        observer.Observe(new RolloutItem(RolloutLine.ToArray(request.SessionMeta, options.Time.GetUtcNow(), null), 0));
        return new LiveThreadStart(new LiveThread(store, writer, observer.Facts, options));
    }

    /// <summary>Goes on with a stored thread, and takes what is known of it from the store.</summary>
    /// <param name="store">Where it is stored.</param>
    /// <param name="request">The thread.</param>
    /// <param name="options">How it is stored, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ThreadStoreException">As <see cref="IThreadStore.ResumeAsync"/>.</exception>
    /// <remarks>Reads no history.</remarks>
    public static ValueTask<LiveThreadStart> ResumeAsync(
        IThreadStore store,
        ResumeRequest request,
        LiveThreadOptions? options = null,
        CancellationToken cancellationToken = default
    ) => ResumeAsync(store, request, null, options, cancellationToken);

    /// <summary>Goes on with a stored thread whose history the caller has already.</summary>
    /// <param name="store">Where it is stored.</param>
    /// <param name="request">The thread.</param>
    /// <param name="history">Its history in order, or null to take what is known of it from the store.</param>
    /// <param name="options">How it is stored, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ThreadStoreException">As <see cref="IThreadStore.ResumeAsync"/>.</exception>
    public static async ValueTask<LiveThreadStart> ResumeAsync(
        IThreadStore store,
        ResumeRequest request,
        IEnumerable<RolloutItem>? history,
        LiveThreadOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(request);
        options ??= new LiveThreadOptions();
        Check(options);
        var writer = await store.ResumeAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var facts = history is not null
                ? FactsOf(history)
                : ThreadFacts.From(
                    await store.FindAsync(request.ThreadId, cancellationToken).ConfigureAwait(false)
                        ?? throw ThreadStoreException.NotFound(request.ThreadId)
                );
            return new LiveThreadStart(new LiveThread(store, writer, facts, options));
        }
        catch
        {
            await writer.DiscardAsync(CancellationToken.None).ConfigureAwait(false);
            await writer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Gets the thread, which can be used already.</summary>
    /// <exception cref="ObjectDisposedException">The thread was committed or discarded.</exception>
    public LiveThread Thread => _thread ?? throw new ObjectDisposedException(nameof(LiveThreadStart));

    /// <summary>Ends the start: from now on the caller owns the thread.</summary>
    /// <exception cref="ObjectDisposedException">The thread was committed or discarded.</exception>
    public LiveThread Commit() => Interlocked.Exchange(ref _thread, null) ?? throw new ObjectDisposedException(nameof(LiveThreadStart));

    /// <summary>Discards the thread unless it was committed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _thread, null) is not { } thread)
            return;
        await thread.DiscardAsync().ConfigureAwait(false);
        await thread.DisposeAsync().ConfigureAwait(false);
    }

    // Before anything is opened.
    static void Check(LiveThreadOptions options)
    {
        DefinedValues.Check(options.Durability);
        if (options.Persistence is { } mode)
            DefinedValues.Check(mode, nameof(options.Persistence));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WriterWait, TimeSpan.Zero, nameof(options.WriterWait));
    }

    static ThreadFacts FactsOf(IEnumerable<RolloutItem> history)
    {
        var observer = new MetadataObserver();
        foreach (var item in history)
            observer.Observe(item);
        return observer.Facts;
    }
}
