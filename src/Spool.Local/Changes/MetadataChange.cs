namespace Spool;

/// <summary>Changes the name, the memory mode and the repository state of a thread whose lock is held, where every release of Codex looks
/// for them.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>name</term><description>a line in the list of names; in Codex's row <c>name</c>, for a legacy thread <c>title</c>, and a
/// paginated thread without a row gets one; and in a legacy log that has a name already, as Codex up to 0.128 records it, a
/// <c>thread_name_updated</c> line, because these releases take the name from there.</description></item>
/// <item><term>memory mode and repository state of a legacy thread</term><description>a <c>session_meta</c> line in the log; and the
/// row.</description></item>
/// <item><term>memory mode and repository state of a paginated thread</term><description>the row; without one a <c>session_meta</c> line in
/// the log.</description></item>
/// </list>
/// If we die
/// 1. before the log's line: nothing has changed, because the row is committed behind it.
/// 2. before the row is committed: the row holds, and says what it said. The same change again completes it.
/// 3. before the list of names has its line: the name is the old one; the other changes of the patch are done.
/// 4. before the row or the log has the name: the name is the new one here; the same change again completes them.
/// </remarks>
sealed class MetadataChange(ChangeTools tools)
{
    /// <summary>Applies a patch.</summary>
    /// <param name="files">The thread. Its log must hold everything that was acknowledged.</param>
    /// <param name="patch">What to change, checked.</param>
    /// <param name="append">Appends an item to the log and puts it on the disk.</param>
    public async ValueTask<ChangedThread> ApplyAsync(ThreadFiles files, ThreadPatch patch, Func<NewItem, ValueTask> append)
    {
        if (patch.IsEmpty)
            return new ChangedThread(files.Thread);
        files.RequireOwnId();
        var warnings = new HashSet<string>();
        if (patch.MemoryMode is not null || patch.ChangesGit)
            warnings.UnionWith(await ChangeStateAsync(files, patch, append).ConfigureAwait(false));
        if (patch.Name.IsChange)
        {
            var name = patch.Name.IsSet ? patch.Name.Value : "";
            warnings.UnionWith(await ChangeTools.OnDiskAsync(() => ChangeName(files, name)).ConfigureAwait(false));
            if (files.Thread.HistoryMode == HistoryModes.Legacy && files.Current.Scan.Facts.Name is { } logged && logged != name)
                await append(SessionMetaChanges.Renamed(files.Thread.Id, name.Length > 0 ? name : null)).ConfigureAwait(false);
        }
        return new ChangedThread(
            await tools
                .RefreshAsync(files.Thread.Id, [files.Current.Path, RolloutFileName.PlainName(files.Current.Path)])
                .ConfigureAwait(false)
        )
        {
            Warnings = [.. warnings],
        };
    }

    async ValueTask<IReadOnlyList<string>> ChangeStateAsync(ThreadFiles files, ThreadPatch patch, Func<NewItem, ValueTask> append)
    {
        if (files.Current.IsOldForm)
            throw TodaysForm.IsNeeded(files.Thread.Id);
        var facts = files.Current.Scan.Facts;
        var memory = patch.MemoryMode ?? files.Thread.MemoryMode;
        var git = patch.ChangesGit ? patch.Apply(files.Thread.GitInfo) : files.Thread.GitInfo;
        using var edit = await Task.Run(() => tools.Codex.Begin(files.Thread.Id)).ConfigureAwait(false);
        // What the row says hides what the log says, so without the row nothing would change.
        if (edit.State == CodexRowState.Locked)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                $"Codex's own database, which may hold this of the thread, cannot be changed, because {CodexWarnings.WhyNot(edit.State)}."
            );
        if (patch.MemoryMode is not null)
            edit.Set("memory_mode", memory);
        if (patch.ChangesGit)
        {
            edit.Set("git_sha", git?.CommitHash);
            edit.Set("git_branch", git?.Branch);
            edit.Set("git_origin_url", git?.RepositoryUrl);
        }
        var isInLog =
            (patch.MemoryMode is null || (facts.MemoryMode ?? "enabled") == memory) && (!patch.ChangesGit || facts.GitInfo == git);
        if (!isInLog && (files.Thread.HistoryMode != HistoryModes.Paginated || !edit.HasRow))
        {
            if (files.Thread.HistoryMode is not (HistoryModes.Legacy or HistoryModes.Paginated))
                throw new ThreadStoreException(
                    ThreadStoreErrorCode.Unsupported,
                    $"Thread {files.Thread.Id} is recorded in a way that this version does not know, so nothing can be added to its log; it can be named."
                );
            var head = await ChangeTools
                .OnDiskAsync(() => RolloutGlance.Read(tools.Layout, files.Current, tools.Options.MaxLineBytes))
                .ConfigureAwait(false);
            await append(SessionMetaChanges.ForPatch(head, patch, patch.MemoryMode ?? facts.MemoryMode ?? "enabled", git))
                .ConfigureAwait(false);
        }
        if (edit.HasRow && !await Task.Run(edit.Commit).ConfigureAwait(false) && files.Thread.HistoryMode == HistoryModes.Paginated)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                $"Codex's own database, which holds this of the thread, cannot be changed, because {CodexWarnings.WhyNot(edit.State)}."
            );
        return tools.WarningsOf(edit.State);
    }

    IReadOnlyList<string> ChangeName(ThreadFiles files, string name)
    {
        // A list that says so already, or never had a name to remove, is left alone.
        if (files.Current.Overlay.IndexName != name && (name.Length > 0 || files.Thread.Name is not null))
            tools.Names.Append(files.Thread.Id, name);
        string? nameOrNull = name.Length > 0 ? name : null;
        using var edit = tools.Codex.Begin(files.Thread.Id);
        if (!edit.HasRow && files.Thread.HistoryMode != HistoryModes.Paginated)
            return tools.WarningsOf(edit.State);
        if (files.Thread.HistoryMode == HistoryModes.Paginated && (!edit.HasRow || edit.HasColumn("name")))
        {
            // Codex takes the name from nowhere else.
            new CodexRowCompletion(tools).Complete(
                edit,
                files.Thread with
                {
                    Name = nameOrNull,
                },
                files.Current.Path,
                files.Current.Scan.Facts.FirstUserMessage
            );
            edit.Set("name", nameOrNull);
        }
        else
        {
            edit.Set("title", nameOrNull ?? edit.Text("first_user_message") ?? "");
            if (edit.Text("name") is not null)
                edit.Set("name", nameOrNull);
        }
        edit.Commit();
        return tools.WarningsOf(edit.State);
    }
}
