namespace Spool.Remote.Tests;

#pragma warning disable VSTHRD003 // calls are begun first and awaited later: that is what is tested

/// <summary>Writes one thread in sessions, with every kind of call at once, most of them without waiting for those before, and notes what
/// became of each.</summary>
/// <param name="store">The client.</param>
/// <param name="threadId">The thread.</param>
/// <param name="mode">Its history mode.</param>
/// <param name="name">Begins the text of each item, so that no two are alike.</param>
/// <param name="isShared">Whether others write the thread too.</param>
/// <param name="random">Decides.</param>
sealed class MixedWriter(IThreadStore store, ThreadId threadId, string mode, string name, bool isShared, Random random)
{
    readonly List<MixedCall> _calls = [];
    int _items;

    /// <summary>Gets the thread.</summary>
    public ThreadId ThreadId => threadId;

    /// <summary>Gets what was called, in order.</summary>
    public IReadOnlyList<MixedCall> Calls => _calls;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Writes sessions until it is enough.</summary>
    public async Task RunAsync(Func<bool> isEnough, Action acknowledged)
    {
        while (!isEnough())
        {
            if (await OpenAsync() is { } writer)
                await SessionAsync(writer, acknowledged);
            else
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20)), TimeProvider.System, Cancellation);
        }
    }

    // Null where another one has it, or where the server still keeps the lease of an earlier session that was discarded while it could not
    // be reached.
    async Task<IThreadWriter?> OpenAsync()
    {
        try
        {
            return await store.ResumeAsync(new ResumeRequest(threadId), Cancellation);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.NotFound)
        {
            try
            {
                return await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId, mode)), Cancellation);
            }
            catch (ThreadStoreException other) when (other.Code is ThreadStoreErrorCode.AlreadyExists or ThreadStoreErrorCode.HasWriter)
            {
                return null;
            }
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            return null;
        }
    }

    async Task SessionAsync(IThreadWriter writer, Action acknowledged)
    {
        var first = _calls.Count;
        var others = new List<Task>();
        for (var i = random.Next(5, 120); i > 0 && !writer.LostToken.IsCancellationRequested; i--)
        {
            switch (random.Next(20))
            {
                case 0:
                    others.Add(writer.UpdateAsync(new ThreadPatch { Name = Change.To($"{name} {_items}") }, Cancellation).AsTask());
                    break;
                case 1:
                    others.Add(writer.FlushAsync((Durability)random.Next(3), Cancellation).AsTask());
                    break;
                case 2:
                    others.Add(writer.PersistAsync(Cancellation).AsTask());
                    break;
                case 3 when _calls.Count > first:
                    _calls[random.Next(first, _calls.Count)].Cancel();
                    break;
                case 4 when _calls.Count > first:
                    Again(writer, _calls[random.Next(first, _calls.Count)]);
                    break;
                case 5 when _calls.Count > first:
                    await Task.WhenAny(_calls[^1].Append);
                    break;
                default:
                    Append(writer);
                    break;
            }
            acknowledged();
        }
        if (random.Next(4) == 0)
            await Task.WhenAll(_calls.Skip(first).Select(call => call.EndAsync()));
        var isDiscarded = random.Next(8) == 0;
        var ending =
            random.Next(8) == 0 ? Task.CompletedTask
            : isDiscarded ? writer.DiscardAsync(Cancellation).AsTask()
            : writer.ShutDownAsync(Cancellation).AsTask();
        foreach (var call in _calls.Skip(first))
            await call.EndAsync();
        var ended = await ErrorOf(ending);
        Assert.True(isShared || ended is null, $"a writer was not ended: {ended}");
        foreach (var other in others)
            Assert.NotEqual(ThreadStoreErrorCode.Internal, (await ErrorOf(other))?.Code);
        var isLost = writer.LostToken.IsCancellationRequested;
        Assert.True(isShared || !isLost, "a writer was lost whose thread nobody else writes");
        await writer.DisposeAsync();
        // What waits goes with a writer that is discarded or lost.
        foreach (var call in _calls.Skip(first))
            (call.WasDiscarded, call.WasLost) = (isDiscarded, isLost);
    }

    void Append(IThreadWriter writer)
    {
        // Sent large now and then, so that many more wait behind it.
        var length = random.Next(60) == 0 ? 300_000 : random.Next(200);
        var texts = Enumerable
            .Range(0, random.Next(12) == 0 ? 0 : random.Next(1, 4))
            .Select(_ => $"{name}-{_items++}-{new string('x', length)}")
            .ToArray();
        var next = writer.NextOrdinal;
        var request = new AppendRequest([.. texts.Select(Appending.Item)]) { Durability = (Durability)random.Next(3) };
        request = random.Next(10) switch
        {
            0 => request with { ExpectedOrdinal = next },
            1 => request with { ExpectedOrdinal = next + 1 + random.Next(3) },
            2 => request with { ExpectedOrdinal = Math.Max(0, next - 1 - random.Next(4)) },
            3 => request with { BatchId = Guid.NewGuid() },
            4 => request with { BatchId = Guid.NewGuid(), ExpectedOrdinal = next },
            _ => request,
        };
        Call(writer, request, texts, next, random.Next(5) == 0);
    }

    // Sent again by its caller: by its batch, or by the ordinal that it has or should have.
    void Again(IThreadWriter writer, MixedCall call) =>
        Call(
            writer,
            call.Request.BatchId is null ? call.Request with { ExpectedOrdinal = call.NextWhenCalled } : call.Request,
            call.Texts,
            call.NextWhenCalled,
            isCancellable: false
        );

    void Call(IThreadWriter writer, AppendRequest request, string[] texts, long next, bool isCancellable)
    {
        var cancelling = isCancellable ? new CancellationTokenSource() : null;
        _calls.Add(
            new MixedCall(request, texts, next, writer.AppendAsync(request, cancelling?.Token ?? Cancellation).AsTask(), cancelling)
        );
    }

    static async Task<ThreadStoreException?> ErrorOf(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (ThreadStoreException e)
        {
            return e;
        }
    }
}

/// <summary>One append and what became of it.</summary>
/// <param name="Request">The append.</param>
/// <param name="Texts">The texts of its items.</param>
/// <param name="NextWhenCalled">What the writer said that the next ordinal is.</param>
/// <param name="Append">Its outcome.</param>
/// <param name="Cancelling">Cancels it, or null.</param>
sealed record MixedCall(
    AppendRequest Request,
    string[] Texts,
    long NextWhenCalled,
    Task<AppendReceipt> Append,
    CancellationTokenSource? Cancelling
)
{
    /// <summary>Gets or sets whether its writer was discarded.</summary>
    public bool WasDiscarded { get; set; }

    /// <summary>Gets or sets whether its writer was lost.</summary>
    public bool WasLost { get; set; }

    /// <summary>Gets the receipt, or null.</summary>
    public AppendReceipt? Receipt { get; private set; }

    /// <summary>Gets the error, or null.</summary>
    public ThreadStoreException? Error { get; private set; }

    public void Cancel() => Cancelling?.Cancel();

    public async Task EndAsync()
    {
        try
        {
            Receipt = await Append;
        }
        catch (ThreadStoreException e)
        {
            Error = e;
        }
        catch (OperationCanceledException)
        {
            Assert.NotNull(Cancelling);
        }
    }
}
