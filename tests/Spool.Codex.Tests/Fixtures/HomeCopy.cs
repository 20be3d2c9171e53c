using System.Text;
using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>Writes the threads of one home into another, with nothing but what a store offers: read a history, create, append, revert,
/// update, archive.</summary>
sealed class HomeCopy(string oldHome, IThreadStore from, IThreadStore to)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Gives every thread of the old home, oldest first, so that what a fork continues comes before it.</summary>
    public async Task<IReadOnlyList<StoredThread>> ThreadsAsync()
    {
        var page = await from.ListAsync(
            new ThreadQuery
            {
                Limit = ThreadQuery.MaxLimit,
                Archive = ArchiveFilter.Any,
                Visibility = ThreadVisibility.All,
                Direction = SortDirection.Ascending,
            },
            Cancellation
        );
        return page.Items;
    }

    /// <summary>Writes the log of a thread, the first rollout when it has more than one.</summary>
    public async Task WriteLogAsync(StoredThread thread)
    {
        var parts = await OwnPartsAsync(thread.Id);
        await WriteAsync(thread.Id, parts.Count == 1 ? parts[0] : await FirstRolloutAsync(thread.Id));
    }

    /// <summary>Takes a thread back where it was taken back, and goes on with what followed.</summary>
    public async Task TakeBackAsync(StoredThread thread)
    {
        foreach (var part in (await OwnPartsAsync(thread.Id)).Skip(1))
        {
            // Codex took the thread back to before the first turn that the part before does not show.
            var turns = (
                await to.ListTurnsAsync(new ListTurnsRequest(thread.Id) { Limit = ListTurnsRequest.MaxLimit }, Cancellation)
            ).Items;
            await to.RevertAsync(thread.Id, turns.First(turn => turn.Ordinal >= part[0].Ordinal).Id, Cancellation);
            await using var writer = await to.ResumeAsync(new ResumeRequest(thread.Id), Cancellation);
            await AppendAsync(writer, part.SkipWhile(item => item.Ordinal < writer.NextOrdinal));
        }
    }

    /// <summary>Writes what the log does not say: names and repository states that only Codex's own files knew.</summary>
    /// <returns>Whether the repository state was among it.</returns>
    public async Task<bool> WriteFactsAsync(StoredThread thread)
    {
        var copy = (await to.FindAsync(thread.Id, Cancellation))!;
        var patch = new ThreadPatch
        {
            // Also where the log has it: every Codex reads names from beside the log.
            Name = thread.Name is { } name ? Change.To(name) : default,
            MemoryMode = copy.MemoryMode == thread.MemoryMode ? null : thread.MemoryMode,
            CommitHash = Difference(copy.GitInfo?.CommitHash, thread.GitInfo?.CommitHash),
            Branch = Difference(copy.GitInfo?.Branch, thread.GitInfo?.Branch),
            RepositoryUrl = Difference(copy.GitInfo?.RepositoryUrl, thread.GitInfo?.RepositoryUrl),
        };
        var changed = await to.UpdateAsync(thread.Id, patch, Cancellation);
        Assert.Empty(changed.Warnings);
        Assert.Equal(
            (thread.Name, thread.MemoryMode, thread.GitInfo),
            (changed.Thread.Name, changed.Thread.MemoryMode, changed.Thread.GitInfo)
        );
        return patch.ChangesGit;
    }

    // What a thread has of its own: not what it shares with the thread it was forked from. More than one part when it was taken back.
    async Task<List<List<RolloutItem>>> OwnPartsAsync(ThreadId threadId)
    {
        var parts = new List<List<RolloutItem>>();
        await foreach (var item in from.ReadHistoryAsync(new ReadHistoryRequest(threadId), Cancellation))
        {
            if (BeginsRollout(item, threadId, isFirst: parts.Count == 0))
                parts.Add([]);
            if (parts.Count > 0)
                parts[^1].Add(item);
        }
        return parts;
    }

    static bool BeginsRollout(RolloutItem item, ThreadId threadId, bool isFirst)
    {
        if (item.Type != "session_meta")
            return false;
        var meta = JsonNode.Parse(Encoding.UTF8.GetString(item.Payload.Span))!;
        return (string?)meta["id"] == threadId.ToString() && (isFirst || meta["history_base"] is not null);
    }

    // A history does not have the turns that were taken back; they are in the first rollout, and alone in a home that is the whole thread.
    async Task<List<RolloutItem>> FirstRolloutAsync(ThreadId threadId)
    {
        var file = Directory.EnumerateFiles(oldHome, $"rollout-*{threadId}.jsonl", SearchOption.AllDirectories).Single();
        using var home = new CodexHome();
        var copy = Path.Combine(home.Path, Path.GetRelativePath(oldHome, file));
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(file, copy);
        await using var store = home.Open();
        return await store.ReadHistoryAsync(new ReadHistoryRequest(threadId), Cancellation).ToListAsync(Cancellation);
    }

    async Task WriteAsync(ThreadId threadId, List<RolloutItem> items)
    {
        await using var writer = await to.CreateAsync(new CreateRequest(threadId, NewItem.From(items[0])!), Cancellation);
        await writer.PersistAsync(Cancellation); // also one without any item
        await AppendAsync(writer, items.Skip(1));
    }

    static async Task AppendAsync(IThreadWriter writer, IEnumerable<RolloutItem> items)
    {
        await writer.AppendAsync(new AppendRequest([.. items.Select(item => NewItem.From(item)!)]), Cancellation);
        await writer.ShutDownAsync(Cancellation);
    }

    static Change<string> Difference(string? now, string? wanted) =>
        now == wanted ? default
        : wanted is null ? Change.Clear<string>()
        : Change.To(wanted);
}
