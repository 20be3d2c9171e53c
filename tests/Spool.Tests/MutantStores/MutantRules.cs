namespace Spool.Tests;

sealed class TakesNoProviderForAnEmptyOne(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        if (!query.ModelProviders.Contains(""))
            return await base.ListAsync(query, cancellationToken);
        var all = await base.ListAsync(query with { ModelProviders = [], Limit = ThreadQuery.MaxLimit }, cancellationToken);
        return new Page<StoredThread>([.. all.Items.Where(thread => query.ModelProviders.Contains(thread.ModelProvider ?? ""))], null);
    }
}

sealed class FindsNothingByHalvesOfCharacters(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        query
            .Cwds.Concat(query.ModelProviders)
            .Concat(query.Sources)
            .Append(query.SearchTerm)
            .Any(text => text is not null && text.Any(char.IsSurrogate))
            ? new Page<StoredThread>([], null)
            : await base.ListAsync(query, cancellationToken);
}

sealed class BelievesWhatASourceSaysOfItsDepth(IThreadStore inner) : ChangesRecords(inner)
{
    protected override StoredThread Alter(StoredThread thread) => thread with { Depth = thread.Source.Depth ?? thread.Depth };
}

sealed class KnowsTheParentsThatItListed(IThreadStore inner) : MutantStore(inner)
{
    bool _hasListed;

    public override async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await base.FindAsync(threadId, cancellationToken) is { } found
            ? found with
            {
                Depth = _hasListed ? found.Depth : Math.Min(1, found.Depth),
            }
            : null;

    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        _hasListed = true;
        return base.ListAsync(query, cancellationToken);
    }
}

sealed class BindsCursorsToTheWordsOfAQuery(IThreadStore inner) : MutantStore(inner)
{
    readonly Dictionary<string, string> _words = [];

    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var words = string.Join('\n', [.. query.Sources, "", .. query.ModelProviders, "", .. query.Cwds]);
        if (query.Cursor is { } cursor && _words.GetValueOrDefault(cursor, words) != words)
            throw ThreadStoreException.InvalidCursor("The cursor belongs to another query");
        var page = await base.ListAsync(query, cancellationToken);
        if (page.NextCursor is { } next)
            _words[next] = words;
        return page;
    }
}

sealed class LooksForTheThreadBeforeItLooksAtTheRequest(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default) =>
        await FindAsync(request.ThreadId, cancellationToken) is null
            ? throw ThreadStoreException.NotFound(request.ThreadId)
            : await base.ListTurnsAsync(request, cancellationToken);
}

sealed class LooksForTheThreadBeforeItLooksAtTheChange(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    ) =>
        await FindAsync(threadId, cancellationToken) is null
            ? throw ThreadStoreException.NotFound(threadId)
            : await base.UpdateAsync(threadId, patch, cancellationToken);
}

sealed class ChecksLimitsWhenItIsDisposed(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        query.Limit is < 1 or > ThreadQuery.MaxLimit
            ? throw ThreadStoreException.InvalidRequest("The limit is out of range.")
            : base.ListAsync(query, cancellationToken);
}

sealed class SaysThatALogIsNoThread(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        await FindAsync(request.ThreadId, cancellationToken) is null
            ? throw ThreadStoreException.NotFound(request.ThreadId)
            : await base.CreateAsync(request, cancellationToken);
}

sealed class LooksAtTheHistoryModeFirst(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        System
            .Text.Encoding.UTF8.GetString(request.SessionMeta.Payload.Span)
            .Contains("\"history_mode\":\"holographic\"", StringComparison.Ordinal)
            ? throw new ThreadStoreException(ThreadStoreErrorCode.Unsupported, "The history mode is unknown.")
            : base.CreateAsync(request, cancellationToken);
}

sealed class TakesIdsOfPaths(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default) =>
        request.ThreadId.Value.Version == 8
            ? new ChangedThread((await FindAsync(request.Source, cancellationToken))!)
            : await base.ForkAsync(request, cancellationToken);
}
