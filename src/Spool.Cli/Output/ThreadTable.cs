namespace Spool.Cli;

/// <summary>Shows threads as a table on a terminal: when, id, what it was about, branch, where, and its state when that is not "ok".</summary>
/// <param name="screen">The terminal; the table fits its width, and ids are never cut.</param>
/// <param name="clock">The clock and the zone.</param>
/// <param name="userFolder">The folder to show as <c>~</c>.</param>
/// <param name="query">What was asked for: all threads have that in common, and no row says it again.</param>
sealed class ThreadTable(Screen screen, TimeProvider clock, string userFolder, ThreadQuery query)
{
    const int LongestHeading = 120; // cells
    const int Gap = 2;
    const int ShortId = 8;
    const int MinTextWidth = 8;
    const int MinTitleBesideFolder = 14;
    const int MinFolder = 10;
    const int MaxBranch = 24;
    const int MinTitleBesideBranch = 30;
    const int MaxAgent = 30;

    /// <summary>Prints the table, or nothing when there are no threads.</summary>
    public void Write(Stream output, IReadOnlyList<ShownThread> threads)
    {
        if (threads.Count == 0)
            return;
        var table = new TextTable(screen);
        foreach (var column in Fit(threads))
            table.Add(column);
        table.Write(output);
    }

    List<TextColumn> Fit(IReadOnlyList<ShownThread> threads)
    {
        List<TextColumn> columns =
        [
            // The zone of the dates below is said here, once.
            Column($"WHEN {Times.Zone(clock)}", CellInks.Dim, thread => Times.Relative(TimeOf(thread), clock)),
            Column("ID", CellInks.Plain, thread => thread.Id.ToString()),
        ];
        if (threads.Any(shown => shown.Thread.State != ThreadCondition.Ok))
            columns.Add(
                Column("STATE", CellInks.Yellow, thread => thread.State == ThreadCondition.Ok ? "" : EnumNames.Camel(thread.State))
            );
        var branch = Column("BRANCH", CellInks.Dim, thread => SafeText.OneLine(thread.GitInfo?.Branch ?? "", ThreadCells.MaxTextLength));
        var folder = Column("FOLDER", CellInks.Dim, thread => Folder(thread.Cwd));

        // One cell stays free: a line that fills the last one makes some terminals add an empty line.
        var free = screen.Width - 1 - columns.Sum(column => column.Width + Gap);
        if (free < MinTextWidth)
        {
            free += columns[0].Width + Gap;
            columns.RemoveAt(0);
        }
        if (free + Gap < 0 && columns.Count > 1) // not even the state has room
            columns.RemoveAt(1);
        var branchWidth = Math.Min(branch.Width, MaxBranch);
        var leastFolder = Math.Min(folder.Width, MinFolder);
        var notes = threads.Select(shown => Note(shown) + AgentOf(shown.Thread)).ToList();
        if (free < notes.Max(CellText.Width) + MinTitleBesideFolder + Gap + leastFolder) // no room for the names of sub-agents
            notes = [.. threads.Select(Note)];
        var heading =
            query.Archive != ArchiveFilter.Archived ? "THREAD"
            : free < MinTitleBesideBranch + Gap + MinFolder ? "ARCHIVED"
            : "ARCHIVED THREAD";
        var title = new TextColumn(heading, [.. threads.Select((shown, at) => notes[at] + TitleOf(shown.Thread))], CellInks.Plain);
        var hasBranch =
            branch.Cells.Any(cell => cell.Length > 0)
            && free >= Math.Min(title.Width, MinTitleBesideBranch) + Gap + branchWidth + Gap + Math.Min(folder.Width, 2 * MinFolder);
        if (hasBranch)
            free -= branchWidth + Gap;
        var leastTitle = Math.Max(heading.Length, Math.Min(title.Width, notes.Max(CellText.Width) + MinTitleBesideFolder));
        if (free >= leastTitle + Gap + leastFolder)
        {
            // What a short title leaves goes to the folder.
            var titleWidth = Math.Max(
                leastTitle,
                Math.Min(title.Width, free - Gap - Math.Min(folder.Width, Math.Max(MinFolder, free / 3)))
            );
            columns.Add(title.Fit(titleWidth, CellText.Fit));
            if (hasBranch)
                columns.Add(branch.Fit(branchWidth, CellText.Fit));
            columns.Add(folder.Fit(free - Gap - titleWidth, CellText.FitPath));
        }
        else if (free >= MinTextWidth)
            columns.Add(title.Fit(free, CellText.Fit));
        return columns;

        TextColumn Column(string name, CellInk ink, Func<StoredThread, string> text) =>
            new(name, [.. threads.Select(shown => text(shown.Thread))], ink);
    }

    DateTimeOffset TimeOf(StoredThread thread) =>
        query.Sort switch
        {
            ThreadSort.Updated => thread.UpdatedAt,
            ThreadSort.Recency => thread.RecencyAt,
            _ => thread.CreatedAt,
        };

    /// <summary>Gives what a person would call the thread, on one line.</summary>
    public static string TitleOf(StoredThread thread)
    {
        var title = SafeText.OneLine(string.IsNullOrWhiteSpace(thread.Name) ? thread.Preview : thread.Name, ThreadCells.MaxTextLength);
        return title.Length > 0 ? title
            : thread.State == ThreadCondition.Unreadable ? "(cannot be read)"
            : "(no message yet)";
    }

    /// <summary>Gets the heading of the thread, which its first message may stand below: the name, or the first line of words of that
    /// message.</summary>
    public static string HeadingOf(StoredThread thread)
    {
        var first = string.IsNullOrWhiteSpace(thread.Name)
            ? thread
                .Preview.Split('\n')
                .Select(line => SafeText.OneLine(line, ThreadCells.MaxTextLength))
                .FirstOrDefault(line =>
                    line.Length > 0
                    && !line.StartsWith("```", StringComparison.Ordinal)
                    && !line.StartsWith("~~~", StringComparison.Ordinal)
                )
            : null;
        return CellText.FitWords(first ?? TitleOf(thread), LongestHeading);
    }

    // In front, where no cut reaches it: a fork has the name and the first message of its source, and a sub-agent is below its parent.
    string Note(ShownThread shown) =>
        shown.Depth > 0 ? new string(' ', 2 * (shown.Depth - 1)) + "└ "
        : shown.Thread.ParentThreadId is { } parent
            ? parent == query.Parent ? ""
                : $"agent of {Short(parent)}: "
        : shown.Thread.ForkedFromId is { } source ? $"fork of {Short(source)}: "
        : "";

    // What a sub-agent is called, and what it is there for.
    static string AgentOf(StoredThread thread)
    {
        var (name, role) = (thread.AgentNickname, thread.AgentRole);
        var agent =
            string.IsNullOrWhiteSpace(name) ? role
            : string.IsNullOrWhiteSpace(role) ? name
            : $"{name} ({role})";
        return string.IsNullOrWhiteSpace(agent) ? "" : CellText.Fit(SafeText.OneLine(agent, ThreadCells.MaxTextLength), MaxAgent) + ": ";
    }

    /// <summary>Gets the beginning of an id by which people know it.</summary>
    public static string Short(ThreadId id) => id.ToString()[..ShortId];

    string Folder(string path)
    {
        var safe = SafeText.OneLine(path, ThreadCells.MaxTextLength);
        return
            userFolder.Length > 1
            && safe.StartsWith(userFolder, StringComparison.Ordinal)
            && (safe.Length == userFolder.Length || safe[userFolder.Length] is '/' or '\\')
            ? string.Concat("~", safe.AsSpan(userFolder.Length))
            : safe;
    }
}
