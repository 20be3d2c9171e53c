namespace Spool.Tests;

sealed class LosesTheLastRowOfAPage(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        return page.NextCursor is null ? page : page with { Items = [.. page.Items.SkipLast(1)] };
    }
}

/// <summary>Pages by the time alone, inclusively: what shares the time of the cursor comes again.</summary>
sealed class RepeatsTies(IThreadStore inner) : PagesByTime(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Cursor is not { Length: > 0 })
            return base.ListAsync(query, cancellationToken);
        var before = query.Direction == SortDirection.Ascending ? Guid.Empty : Guid.AllBitsSet;
        return base.ListAsync(query with { Cursor = CursorAt(query, before) }, cancellationToken);
    }
}

/// <summary>Pages by the time alone, exclusively: what shares the time of the cursor is gone.</summary>
sealed class SkipsTies(IThreadStore inner) : PagesByTime(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Cursor is not { Length: > 0 })
            return base.ListAsync(query, cancellationToken);
        var after = query.Direction == SortDirection.Ascending ? Guid.AllBitsSet : Guid.Empty;
        return base.ListAsync(query with { Cursor = CursorAt(query, after) }, cancellationToken);
    }
}

sealed class ListsArchivedThreadsAsActive(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(
            query with
            {
                Archive = query.Cursor is null && query.Archive == ArchiveFilter.Active ? ArchiveFilter.Any : query.Archive,
            },
            cancellationToken
        );
}

sealed class ComparesFoldersAsText(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        return query.Cwds.Count == 0
            ? page
            : page with
            {
                Items = [.. page.Items.Where(thread => query.Cwds.Any(cwd => cwd.TrimEnd('/') == thread.Cwd.TrimEnd('/')))],
            };
    }
}

sealed class HidesDamagedThreads(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        return page with { Items = [.. page.Items.Where(thread => thread.State is ThreadCondition.Ok or ThreadCondition.Torn)] };
    }
}

/// <summary>Counts damaged lines and does not notice those that are not there.</summary>
sealed class OverlooksMissingRecords(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await base.FindAsync(threadId, cancellationToken) is { } found
        && found.StateReason?.StartsWith("Record", StringComparison.Ordinal) == true
            ? found with
            {
                State = ThreadCondition.Ok,
                StateReason = null,
            }
            : await base.FindAsync(threadId, cancellationToken);
}

/// <summary>Begins again at the first page when it does not know a cursor.</summary>
sealed class AcceptsForeignCursors(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.ListAsync(query, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.InvalidCursor && query.Cursor is not null)
        {
            return await base.ListAsync(query with { Cursor = null }, cancellationToken);
        }
    }
}

sealed class ClampsLimits(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(query with { Limit = Math.Clamp(query.Limit, 1, ThreadQuery.MaxLimit) }, cancellationToken);
}

/// <summary>Takes only as many values of a filter as there may be.</summary>
sealed class CutsFilters(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(
            query with
            {
                Sources = Cut(query.Sources),
                ModelProviders = Cut(query.ModelProviders),
                Cwds = Cut(query.Cwds),
            },
            cancellationToken
        );

    static List<string> Cut(IReadOnlyList<string> values) => [.. values.Take(ThreadQuery.MaxFilterValues)];
}

/// <summary>Turns the rows of a page around instead of the order of the list.</summary>
sealed class TurnsOnlyThePageAround(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query with { Direction = SortDirection.Descending }, cancellationToken);
        return query.Direction == SortDirection.Descending ? page : page with { Items = [.. page.Items.Reverse()] };
    }
}

sealed class TakesSearchTermsAsPatterns(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(query.SearchTerm is "%" or "_" ? query with { SearchTerm = "" } : query, cancellationToken);
}

/// <summary>Knows the two cases of single characters, and nothing else of texts.</summary>
sealed class ComparesCharByChar(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        return query.SearchTerm is { } term ? page with { Items = [.. page.Items.Where(Has)] } : page;

        bool Has(StoredThread thread) => $"{thread.Name}\n{thread.Preview}".Contains(term, StringComparison.OrdinalIgnoreCase);
    }
}

sealed class DoesNotExpandSubAgents(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(
            query with
            {
                Sources = [.. query.Sources.Select(source => source == "subAgent" ? "subAgentOther" : source)],
            },
            cancellationToken
        );
}

/// <summary>Gives a cursor with every page that is full.</summary>
sealed class PromisesAPageTooMany(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        return page.Items.Count < query.Limit
            ? page
            : page with
            {
                NextCursor = page.NextCursor ?? NormalQuery.Of(query).CursorBehind(default),
            };
    }
}

sealed class SeesProblemsEverywhere(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        await base.ListAsync(query, cancellationToken) with
        {
            Problems = [new StoreProblem("everywhere", "It looks bad.")],
        };
}

sealed class TakesAnyNumberAsADirection(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(Enum.IsDefined(query.Direction) ? query : query with { Direction = SortDirection.Descending }, cancellationToken);
}

/// <summary>Pages by the time alone.</summary>
abstract class PagesByTime(IThreadStore inner) : MutantStore(inner)
{
    protected static string CursorAt(ThreadQuery query, Guid id)
    {
        var normal = NormalQuery.Of(query);
        return normal.CursorBehind(normal.After!.Value with { Id = id });
    }
}
