using System.Globalization;

namespace Spool.Cli;

/// <summary>Says what a list may lack. Rollouts that cannot be read are threads that it does not show, as others are, and counted so;
/// a place that cannot be looked into may hold anything.</summary>
sealed class ListProblems
{
    const int MostNamed = 5;
    const int MostRollouts = 20; // a store names no more, and counts the rest

    readonly List<StoreProblem> _places = [];
    readonly bool _isOfArchive;
    readonly bool _hasMore;
    readonly int _rollouts;

    /// <summary>Takes what the list came with.</summary>
    /// <param name="problems">The problems of the page.</param>
    /// <param name="query">What was asked for.</param>
    public ListProblems(IReadOnlyList<StoreProblem> problems, ThreadQuery query)
    {
        _isOfArchive = query.Archive == ArchiveFilter.Archived;
        _rollouts = problems.Count(IsRollout);
        // With the rest in one problem, which is of the folder of all.
        var all = _isOfArchive ? HomeLayout.Archived : HomeLayout.Sessions;
        foreach (var problem in problems.Where(problem => !IsRollout(problem)))
        {
            if (_rollouts >= MostRollouts && problem.Place == all)
                _hasMore = true;
            else
                _places.Add(problem);
        }
    }

    /// <summary>Counts the rollouts that cannot be read, and names the command that lists them.</summary>
    public void HintAtRollouts(CommandContext context)
    {
        if (_rollouts == 0)
            return;
        var count =
            (_hasMore ? "More than " : "")
            + (_rollouts == 1 ? "1 rollout" : string.Create(CultureInfo.InvariantCulture, $"{_rollouts:N0} rollouts"));
        context.HintOfRest($"{count} cannot be read: {context.Hints.Command($"list{(_isOfArchive ? " --archived" : "")} --all")}");
    }

    /// <summary>Warns of the places that cannot be looked into.</summary>
    public void Warn(CommandContext context)
    {
        foreach (var problem in _places.Take(MostNamed))
            context.Warn($"The list may lack something: {SafeText.OneLine(problem.Place, 4096)}: {problem.Reason}");
        if (_places.Count > MostNamed)
            context.Warn(
                $"And {(_places.Count == MostNamed + 1 ? "1 more place; --json names it" : $"{_places.Count - MostNamed} more places; --json names them")}."
            );
    }

    static bool IsRollout(StoreProblem problem) =>
        problem.Place.EndsWith(".jsonl", StringComparison.Ordinal) || problem.Place.EndsWith(".jsonl.zst", StringComparison.Ordinal);
}
