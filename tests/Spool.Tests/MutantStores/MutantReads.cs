using System.Runtime.CompilerServices;

namespace Spool.Tests;

sealed class SaysNotFoundInsteadOfNull(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await base.FindAsync(threadId, cancellationToken) ?? throw ThreadStoreException.NotFound(threadId);
}

sealed class TakesTheIdOfZerosForNone(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        threadId == default ? null : await base.FindAsync(threadId, cancellationToken);
}

sealed class FindsOnlyActiveThreads(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await base.FindAsync(threadId, cancellationToken) is { ArchivedAt: null } found ? found : null;
}

sealed class FindsAnyId(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(query with { IdPrefix = null }, cancellationToken);
}

sealed class TakesSubAgentsForRoots(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(query with { Agents = AgentFilter.Any }, cancellationToken);
}

sealed class FindsFoldersExactly(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(query with { CwdScope = FolderScope.Exact }, cancellationToken);
}

sealed class FindsEveryBranchAndRepository(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(query with { Branches = [], Repositories = [] }, cancellationToken);
}

sealed class FindsWhatIsLate(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        base.ListAsync(query with { Until = query.Until?.AddMilliseconds(1) }, cancellationToken);
}

sealed class CountsPages(IThreadStore inner) : MutantStore(inner), IThreadCounts
{
    public async ValueTask<IReadOnlyList<long>> CountAsync(
        IReadOnlyList<ThreadQuery> queries,
        CancellationToken cancellationToken = default
    )
    {
        var counts = new List<long>();
        foreach (var query in queries)
            counts.Add((await base.ListAsync(query, cancellationToken)).Items.Count);
        return counts;
    }
}

abstract class ChangesRevisions(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await base.FindAsync(threadId, cancellationToken) is { } found ? Change(found) : null;

    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        return page with { Items = [.. page.Items.Select(Change)] };
    }

    protected abstract StoredThread Change(StoredThread thread);
}

sealed class DoesNotChangeTheRevision(IThreadStore inner) : ChangesRevisions(inner)
{
    protected override StoredThread Change(StoredThread thread) => thread with { Revision = "1" };
}

sealed class BeginsRevisionsAnew(IThreadStore inner) : ChangesRevisions(inner)
{
    readonly Guid _open = Guid.NewGuid();

    protected override StoredThread Change(StoredThread thread) => thread with { Revision = $"{thread.Revision} {_open}" };
}

abstract class ChangesHistories(IThreadStore inner) : MutantStore(inner)
{
    public override async IAsyncEnumerable<RolloutItem> ReadHistoryAsync(
        ReadHistoryRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await foreach (var item in base.ReadHistoryAsync(request, cancellationToken))
        {
            if (Change(item, request.ThreadId) is { } changed)
                yield return changed;
        }
    }

    protected abstract RolloutItem? Change(RolloutItem item, ThreadId threadId);
}

sealed class CutsLongLines(IThreadStore inner) : ChangesHistories(inner)
{
    protected override RolloutItem Change(RolloutItem item, ThreadId threadId) =>
        new(item.Bytes[..Math.Min(item.Bytes.Length, 65_536)], item.Ordinal);
}

sealed class DropsUnreadableLines(IThreadStore inner) : ChangesHistories(inner)
{
    protected override RolloutItem? Change(RolloutItem item, ThreadId threadId) => item.Kind == RolloutItemKind.Unreadable ? null : item;
}

sealed class DropsUnknownKinds(IThreadStore inner) : ChangesHistories(inner)
{
    protected override RolloutItem? Change(RolloutItem item, ThreadId threadId) => item.Kind == RolloutItemKind.Other ? null : item;
}

/// <summary>Decodes lines as UTF-8 and encodes them again.</summary>
sealed class RewritesLines(IThreadStore inner) : ChangesHistories(inner)
{
    protected override RolloutItem Change(RolloutItem item, ThreadId threadId) =>
        new(System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(item.Bytes.Span)), item.Ordinal);
}

/// <summary>Begins the history of a fork at its own head.</summary>
sealed class ForgetsTheParentOfAFork(IThreadStore inner) : MutantStore(inner)
{
    public override async IAsyncEnumerable<RolloutItem> ReadHistoryAsync(
        ReadHistoryRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var items = new List<RolloutItem>();
        await foreach (var item in base.ReadHistoryAsync(request, cancellationToken))
            items.Add(item);
        var head = items.FindLastIndex(item => item.Kind == RolloutItemKind.SessionMeta);
        foreach (var item in items.Skip(Math.Max(head, 0)))
            yield return item;
    }
}

sealed class IgnoresCancellation(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        base.FindAsync(threadId, CancellationToken.None);
}

sealed class StreamsOnAfterCancellation(IThreadStore inner) : MutantStore(inner)
{
    public override async IAsyncEnumerable<RolloutItem> ReadHistoryAsync(
        ReadHistoryRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        await foreach (var item in base.ReadHistoryAsync(request, CancellationToken.None))
            yield return item;
    }
}

sealed class SharesItemCursorsBetweenThreads(IThreadStore inner) : MutantStore(inner)
{
    static readonly PageCursors Shared = new(PageKind.Items, "", SortDirection.Ascending);

    public override async ValueTask<Page<RolloutItem>> ListItemsAsync(
        ListItemsRequest request,
        CancellationToken cancellationToken = default
    )
    {
        var own = PageCursors.Of(request);
        var page = await base.ListItemsAsync(
            request with
            {
                Cursor = request.Cursor is { } given ? own.Next(Shared.Read(given)) : null,
            },
            cancellationToken
        );
        return page with { NextCursor = page.NextCursor is { } next ? Shared.Next(own.Read(next)) : null };
    }
}

/// <summary>Pages items by their ordinals, which a damaged log repeats.</summary>
sealed class SkipsRepeatedOrdinals(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<RolloutItem>> ListItemsAsync(
        ListItemsRequest request,
        CancellationToken cancellationToken = default
    )
    {
        var page = await base.ListItemsAsync(request, cancellationToken);
        return page with { Items = [.. page.Items.DistinctBy(item => item.Ordinal)] };
    }
}

sealed class IgnoresTheDirectionOfTurns(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default) =>
        base.ListTurnsAsync(request with { Direction = SortDirection.Ascending }, cancellationToken);
}

sealed class SaysNothingOfCallsLeftOut(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default)
    {
        var page = await base.ListTurnsAsync(request, cancellationToken);
        return page with { Items = [.. page.Items.Select(turn => turn with { CallsLeftOut = 0 })] };
    }
}

sealed class LivesOnAfterDispose(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.FindAsync(threadId, cancellationToken);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}

sealed class LivesOnAfterBlockingDisposal(IThreadStore inner) : MutantStore(inner), IDisposable
{
    void IDisposable.Dispose() { }
}

sealed class LacksADeclaredAbility(IThreadStore inner) : MutantStore(inner)
{
    public override object? GetService(Type serviceType) => null;
}

sealed class DeletesWhatItIsOnlyAskedAbout(IThreadStore inner) : MutantStore(inner), IDeletionCheck
{
    public async ValueTask RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await DeleteAsync(threadId, cancellationToken);
}

sealed class HasAnUndeclaredAbility(IThreadStore inner) : MutantStore(inner), IRolloutPaths
{
    public ValueTask<IReadOnlyDictionary<ThreadId, string>> LocateAsync(
        IReadOnlyCollection<ThreadId> threads,
        CancellationToken cancellationToken = default
    ) => new(new Dictionary<ThreadId, string>());
}

/// <summary>Builds turns of nothing but events.</summary>
sealed class NeedsEventsForTurns(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default)
    {
        var page = await base.ListTurnsAsync(request, cancellationToken);
        var history = base.ReadHistoryAsync(new ReadHistoryRequest(request.ThreadId), cancellationToken);
        return await history.FirstOrDefaultAsync(cancellationToken) is { IsBare: true } ? new Page<Turn>([], null) : page;
    }
}

sealed class IgnoresTheDirectionOfItems(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<Page<RolloutItem>> ListItemsAsync(ListItemsRequest request, CancellationToken cancellationToken = default) =>
        base.ListItemsAsync(request with { Direction = SortDirection.Ascending }, cancellationToken);
}

/// <summary>Leads back to what comes before a page, and leaves out its first entry.</summary>
sealed class LeadsBackPastTheFirst(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        var page = await base.ListAsync(query, cancellationToken);
        var back = NormalQuery.Of(
            query with
            {
                Cursor = null,
                Direction = query.Direction == SortDirection.Ascending ? SortDirection.Descending : SortDirection.Ascending,
            }
        );
        return page.Items.Count == 0 ? page : page with { BackwardsCursor = back.CursorBehind(back.PositionOf(page.Items[0])) };
    }
}

sealed class LeadsBackInTheSameDirection(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default)
    {
        var page = await base.ListTurnsAsync(request, cancellationToken);
        return page with { BackwardsCursor = page.NextCursor };
    }
}
