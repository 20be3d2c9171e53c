namespace Spool.Cli;

/// <summary>A word that can come next, and what it is.</summary>
/// <param name="Word">The word.</param>
/// <param name="About">What it is, for shells that show that; may be empty.</param>
readonly record struct OfferedWord(string Word, string About);

/// <summary>What shells offer where a thread, or something that threads have, comes next: from the newest threads.</summary>
/// <param name="threads">The newest threads.</param>
/// <param name="clock">The clock and the zone.</param>
sealed class RecentThreads(IReadOnlyList<StoredThread> threads, TimeProvider clock)
{
    /// <summary>How many threads are looked at.</summary>
    public const int Most = 100;

    static readonly Dictionary<string, Func<StoredThread, string?>> ValuesOfOptions = new()
    {
        ["--provider"] = thread => thread.ModelProvider,
        ["--source"] = thread => thread.Source.Kind,
        ["--cwd"] = thread => thread.Cwd,
        ["--branch"] = thread => thread.GitInfo?.Branch,
        ["--repo"] = thread => thread.GitInfo?.RepositoryUrl,
    };

    /// <summary>Gets whether <c>last</c> may be one of them; it is none of the archive.</summary>
    public bool HasLast { get; init; } = true;

    /// <summary>Says whether what comes behind a word is in threads.</summary>
    /// <param name="option">The word before, an option.</param>
    public static bool HasValuesOf(string option) => option == "--parent" || ValuesOfOptions.ContainsKey(option);

    /// <summary>Gives what can come behind an option, the most frequent first.</summary>
    public IEnumerable<OfferedWord> BehindOption(string option) =>
        option == "--parent"
            ? Threads()
            : threads
                .Select(ValuesOfOptions[option])
                .Where(value => value is { Length: > 0 } && value[0] != '-' && !value.Any(char.IsControl))
                .GroupBy(value => value!)
                .OrderByDescending(group => group.Count())
                .Select(group => new OfferedWord(group.Key, group.Count() == 1 ? "1 thread" : $"{group.Count()} threads"));

    /// <summary>Gives the threads, each by its id, and by its name where that is one word.</summary>
    public IEnumerable<OfferedWord> Threads()
    {
        if (HasLast)
            yield return new OfferedWord("last", "the thread that was used last");
        foreach (var thread in threads)
            yield return new OfferedWord(
                thread.Id.ToString(),
                $"{CellText.Fit(ThreadTable.TitleOf(thread), 60)} ({Times.Relative(thread.CreatedAt, clock)})"
            );
        foreach (
            var thread in threads.Where(thread =>
                thread.Name is { Length: > 0 } name && name[0] != '-' && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_')
            )
        )
            yield return new OfferedWord(thread.Name!, $"thread {thread.Id}");
    }
}
