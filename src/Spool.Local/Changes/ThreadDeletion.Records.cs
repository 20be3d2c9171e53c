namespace Spool;

// What a deletion removes of Codex's own files beside the rollouts: rows of databases, names and prompts.
sealed partial class ThreadDeletion
{
    async ValueTask<(int Rows, int Names)> DeleteRecordsAsync(
        ThreadId threadId,
        IReadOnlyCollection<ThreadId> rollouts,
        bool isRepeated = false
    )
    {
        var names = await Task.Run(() => DeleteNames(threadId)).ConfigureAwait(false);
        _prompts = await Task.Run(() => ErasePrompts(threadId)).ConfigureAwait(false);
        var removal = await Task.Run(() => tools.CodexRowRemoval.Remove([.. rollouts.Distinct()], isRepeated)).ConfigureAwait(false);
        _left.AddRange(removal.Left);
        _hadRemains = removal.HadRemains;
        return (removal.Rows, names);
    }

    int DeleteNames(ThreadId threadId)
    {
        try
        {
            var path = tools.Layout.SessionIndex;
            var (link, names) = (new FileInfo(path).LinkTarget, FileStat.NamesOf(path));
            var removed = tools.Names.Remove(threadId);
            // The list was put in the place of the one that had the names.
            if (removed > 0 && link is null)
                _otherNames.Removed(SessionIndexWriter.Name, names);
            else if (removed > 0)
                _left.Add(
                    new LeftBehind(
                        $"The file that the link {SessionIndexWriter.Name} led to, which has the thread's names",
                        "it may be another user's"
                    )
                );
            if (tools.Names.Mentions(threadId))
                _left.Add(
                    new LeftBehind(
                        $"The file {SessionIndexWriter.Name}, which names the thread",
                        "names of other threads do, or lines that cannot be told from theirs"
                    )
                );
            return removed;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e) || e is ThreadStoreException { Code: ThreadStoreErrorCode.Unavailable })
        {
            _left.Add(
                new LeftBehind("The thread's names in the list of names", "the list could not be changed; repeat the command to try again")
            );
            return 0;
        }
    }

    bool HasPrompts(ThreadId threadId)
    {
        try
        {
            return tools.Prompts.Has(threadId);
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return false; // the receipt of a thread that there is says so
        }
    }

    int ErasePrompts(ThreadId threadId)
    {
        try
        {
            var erased = tools.Prompts.Erase(threadId);
            if (tools.Prompts.HasCutLine())
                _left.Add(
                    new LeftBehind(
                        $"A line of {PromptHistory.Name}, if it was a prompt of the thread",
                        "it is cut before it says of which thread it is"
                    )
                );
            if (tools.Prompts.Names(threadId))
                _left.Add(
                    new LeftBehind(
                        $"The file {PromptHistory.Name}, which names the thread",
                        "prompts of other threads do, or lines that cannot be told from theirs"
                    )
                );
            return erased;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e) || e is ThreadStoreException { Code: ThreadStoreErrorCode.Unavailable })
        {
            _left.Add(
                new LeftBehind(
                    $"The prompts of the thread in {PromptHistory.Name}, if there are any",
                    "the file could not be changed; repeat the command to try again"
                )
            );
            return 0;
        }
    }
}
