using Spool.TestKit;

namespace Spool.Tests;

sealed class ForksOneItemTooMuch(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        var changed = await base.ForkAsync(request, cancellationToken);
        await using (var writer = await base.ResumeAsync(new ResumeRequest(request.ThreadId), cancellationToken))
            await writer.AppendAsync(new AppendRequest([NewItem.FromJson("event_msg", "{\"type\":\"too_much\"}")]), cancellationToken);
        return changed;
    }
}

sealed class ForksThroughInsteadOfBefore(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default) =>
        base.ForkAsync(request.Point.Turn is { } turn ? request with { Point = ForkPoint.Through(turn) } : request, cancellationToken);
}

sealed class ForksOnlyAtTheEnd(IThreadStore inner) : MutantStore(inner)
{
    public override ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default) =>
        base.ForkAsync(request with { Point = ForkPoint.Latest }, cancellationToken);
}

sealed class ForksWithoutTheName(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        await base.ForkAsync(request, cancellationToken);
        return await base.UpdateAsync(request.ThreadId, new ThreadPatch { Name = Change.Clear<string>() }, cancellationToken);
    }
}

sealed class ForksAtTheTimeOfTheFirstThread(IThreadStore inner) : ChangesRecords(inner)
{
    protected override StoredThread Alter(StoredThread thread) =>
        thread.ForkedFromId is null ? thread : thread with { CreatedAt = SeedIds.Epoch };
}

sealed class ForksOverATakenId(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        if (request.ThreadId != request.Source && await FindAsync(request.ThreadId, cancellationToken) is not null)
            await base.DeleteAsync(request.ThreadId, cancellationToken);
        return await base.ForkAsync(request, cancellationToken);
    }
}

sealed class CannotForkWhatIsWritten(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            await ((IDeletionCheck)base.GetService(typeof(IDeletionCheck))!).RequireDeletableAsync(request.Source, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code != ThreadStoreErrorCode.HasWriter)
        {
            // only who writes it matters
        }
        return await base.ForkAsync(request, cancellationToken);
    }
}

sealed class TakesBackOneTurnTooFew(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> RevertAsync(
        ThreadId threadId,
        string beforeTurn,
        CancellationToken cancellationToken = default
    )
    {
        var turns = (await base.ListTurnsAsync(new ListTurnsRequest(threadId), cancellationToken)).Items;
        var next = turns.SkipWhile(turn => turn.Id != beforeTurn).Skip(1).FirstOrDefault();
        return await base.RevertAsync(threadId, next?.Id ?? beforeTurn, cancellationToken);
    }
}

/// <summary>Does what it cannot find as far as it can: nothing.</summary>
sealed class TakesBackToUnknownTurns(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<ChangedThread> RevertAsync(
        ThreadId threadId,
        string beforeTurn,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            return await base.RevertAsync(threadId, beforeTurn, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.InvalidRequest)
        {
            return new ChangedThread((await FindAsync(threadId, cancellationToken))!);
        }
    }
}

/// <summary>Takes a thread that was taken back for a new one.</summary>
sealed class MovesWhatIsTakenBack(IThreadStore inner) : ChangesRecords(inner)
{
    readonly HashSet<ThreadId> _reverted = [];

    public override ValueTask<ChangedThread> RevertAsync(
        ThreadId threadId,
        string beforeTurn,
        CancellationToken cancellationToken = default
    )
    {
        _reverted.Add(threadId);
        return base.RevertAsync(threadId, beforeTurn, cancellationToken);
    }

    protected override StoredThread Alter(StoredThread thread) =>
        _reverted.Contains(thread.Id) ? thread with { CreatedAt = thread.UpdatedAt } : thread;
}

/// <summary>Deletes the forks of a thread with it.</summary>
sealed class DeletesWhatForksNeed(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.DeleteAsync(threadId, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Referenced)
        {
            var all = await base.ListAsync(
                new ThreadQuery { Archive = ArchiveFilter.Any, Visibility = ThreadVisibility.All },
                cancellationToken
            );
            foreach (var fork in all.Items.Where(other => other.ForkedFromId == threadId))
                await DeleteAsync(fork.Id, cancellationToken);
            return await base.DeleteAsync(threadId, cancellationToken);
        }
    }
}

sealed class DoesNotSayWhoNeedsIt(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.DeleteAsync(threadId, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Referenced)
        {
            throw new ThreadStoreException(e.Code, e.Message);
        }
    }
}

sealed class DeletesWhatIsNotThere(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await FindAsync(threadId, cancellationToken) is null
            ? new DeletionReceipt(threadId)
            : await base.DeleteAsync(threadId, cancellationToken);
}

/// <summary>Only hides what is deleted, and only from itself.</summary>
sealed class DeletesNothing(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await FindAsync(threadId, cancellationToken) is null
            ? throw ThreadStoreException.NotFound(threadId)
            : new DeletionReceipt(threadId) { Rollouts = 1 };
}

sealed class CountsNothingItDeletes(IThreadStore inner) : MutantStore(inner)
{
    public override async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        await base.DeleteAsync(threadId, cancellationToken);
        return new DeletionReceipt(threadId);
    }
}
