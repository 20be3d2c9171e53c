namespace Spool.Cli;

/// <summary>Says what a list may lack. Rollouts that cannot be read are threads that it does not show, as others are, and counted so;
/// a place that cannot be looked into may hold anything.</summary>
sealed class ListProblems
{
    const int MostNamed = 5;
    const int MostRolloutsNamed = 3;
    const int MostRollouts = 20; // a store names no more, and counts the rest

    readonly List<StoreProblem> _places = [];
    readonly List<StoreProblem> _rollouts;
    readonly bool _hasMore;

    /// <summary>Takes what the list came with.</summary>
    /// <param name="problems">The problems of the page.</param>
    /// <param name="query">What was asked for.</param>
    public ListProblems(IReadOnlyList<StoreProblem> problems, ThreadQuery query)
    {
        _rollouts = [.. problems.Where(IsRollout)];
        // With the rest in one problem, which is of the folder of all.
        var all = query.Archive == ArchiveFilter.Archived ? HomeLayout.Archived : HomeLayout.Sessions;
        foreach (var problem in problems.Where(problem => !IsRollout(problem)))
        {
            if (_rollouts.Count >= MostRollouts && problem.Place == all)
                _hasMore = true;
            else
                _places.Add(problem);
        }
    }

    /// <summary>Counts the rollouts that cannot be read, and names the first of them with the reasons. A list of everything may have them
    /// on any of its pages.</summary>
    public void HintAtRollouts(CommandContext context)
    {
        if (_rollouts.Count == 0)
            return;
        var count = (_hasMore ? "More than " : "") + ThreadLinks.Count(_rollouts.Count, "rollout", "rollouts");
        var named = string.Join(
            ", ",
            _rollouts
                .Take(MostRolloutsNamed)
                .Select(rollout => SafeText.OneLine(rollout.Place, 4096) + (rollout.Reason.Length > 0 ? $" ({rollout.Reason})" : ""))
        );
        var rest =
            _hasMore ? $", and others; --json names {MostRollouts} of them"
            : _rollouts.Count > MostRolloutsNamed ? $", and {_rollouts.Count - MostRolloutsNamed} more; --json names them"
            : "";
        context.HintOfRest($"{count} cannot be read: {named}{rest}");
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
