namespace Spool.Cli;

/// <summary>Shows threads as a table: when, id, what it was about, where, and its state when that is not "ok".</summary>
/// <param name="screen">On a terminal the table fits its width; elsewhere only texts above 2,000 characters are cut.</param>
/// <param name="clock">The clock.</param>
/// <param name="userFolder">The folder to show as <c>~</c>.</param>
/// <param name="sort">The time to show.</param>
sealed class ThreadTable(Screen screen, TimeProvider clock, string userFolder, ThreadSort sort)
{
    const int Gap = 2;
    const int MaxTextLength = 2000;
    const int ShortId = 8;
    const int MinTextWidth = 8;
    const int MinTitleBesideFolder = 14;
    const int MinFolder = 10;

    /// <summary>Prints the table, or nothing when there are no threads.</summary>
    public void Write(Stream output, IReadOnlyList<StoredThread> threads)
    {
        if (threads.Count == 0)
            return;
        var table = new TextTable(screen);
        foreach (var column in Fit(Columns(threads), threads.Max(thread => ForkNote(thread).Length)))
            table.Add(column);
        table.Write(output);
    }

    List<TextColumn> Columns(IReadOnlyList<StoredThread> threads)
    {
        List<TextColumn> columns =
        [
            new("WHEN", [.. threads.Select(thread => Times.Relative(TimeOf(thread), clock))], CellInks.Dim),
            new("ID", [.. threads.Select(thread => thread.Id.ToString())], CellInks.Plain),
        ];
        if (threads.Any(thread => thread.State != ThreadCondition.Ok))
            columns.Add(
                new(
                    "STATE",
                    [.. threads.Select(thread => thread.State == ThreadCondition.Ok ? "" : EnumNames.Camel(thread.State))],
                    CellInks.Yellow
                )
            );
        columns.Add(new("THREAD", [.. threads.Select(thread => ForkNote(thread) + TitleOf(thread))], CellInks.Plain));
        columns.Add(new("FOLDER", [.. threads.Select(thread => Folder(thread.Cwd))], CellInks.Dim));
        return columns;
    }

    List<TextColumn> Fit(List<TextColumn> columns, int noteWidth)
    {
        if (!screen.IsTerminal)
            return columns;
        // One cell stays free: a line that fills the last one makes some terminals add an empty line.
        var free = screen.Width - 1 - columns[..^2].Sum(column => column.Width + Gap);
        if (free < MinTextWidth)
        {
            free += columns[0].Width + Gap;
            columns.RemoveAt(0);
        }
        var (title, folder) = (columns[^2], columns[^1]);
        columns.RemoveRange(columns.Count - 2, 2);
        var leastTitle = Math.Min(title.Width, noteWidth + MinTitleBesideFolder);
        if (free >= leastTitle + Gap + Math.Min(folder.Width, MinFolder))
        {
            // What a short title leaves goes to the folder.
            var titleWidth = Math.Max(
                leastTitle,
                Math.Min(title.Width, free - Gap - Math.Min(folder.Width, Math.Max(MinFolder, free / 3)))
            );
            columns.Add(title.Fit(titleWidth, CellText.Fit));
            columns.Add(folder.Fit(free - Gap - titleWidth, CellText.FitPath));
        }
        else if (free >= MinTextWidth)
            columns.Add(title.Fit(free, CellText.Fit));
        return columns;
    }

    DateTimeOffset TimeOf(StoredThread thread) =>
        sort switch
        {
            ThreadSort.Updated => thread.UpdatedAt,
            ThreadSort.Recency => thread.RecencyAt,
            _ => thread.CreatedAt,
        };

    /// <summary>Gives what a person would call the thread, on one line.</summary>
    public static string TitleOf(StoredThread thread)
    {
        var title = SafeText.OneLine(string.IsNullOrWhiteSpace(thread.Name) ? thread.Preview : thread.Name, MaxTextLength);
        return title.Length > 0 ? title
            : thread.State == ThreadCondition.Unreadable ? "(cannot be read)"
            : "(no message yet)";
    }

    // In front, where no cut reaches it: a fork has the name and the first message of its source. A person gets the beginning of the id, a
    // program all of it.
    string ForkNote(StoredThread thread) =>
        thread.ForkedFromId?.ToString() is not { } source ? "" : $"fork of {(screen.IsTerminal ? source[..ShortId] : source)}: ";

    string Folder(string path)
    {
        var safe = SafeText.OneLine(path, MaxTextLength);
        return
            userFolder.Length > 1
            && safe.StartsWith(userFolder, StringComparison.Ordinal)
            && (safe.Length == userFolder.Length || safe[userFolder.Length] is '/' or '\\')
            ? string.Concat("~", safe.AsSpan(userFolder.Length))
            : safe;
    }
}
