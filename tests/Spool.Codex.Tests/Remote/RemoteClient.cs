namespace Spool.Codex.Tests;

/// <summary>A release of Codex as the client of a remote store.</summary>
/// <param name="Release">The release.</param>
/// <param name="SharesHome">Whether the server serves the very home that Codex uses. Then older releases find a file where they look for
/// one.</param>
sealed record RemoteClient(string Release, bool SharesHome)
{
    const string NoFile = "it looks for the rollout in its own home";
    const string NoFileForTurns = "it takes a thread without a file in its own home for an ephemeral one";
    const string NoRow = "it keeps that in its own database, where the thread is not";
    const string NoFileForAnswer = "when it has taken the thread back it looks for its own rollout, to answer what is left";

    /// <summary>What releases cannot do with any remote store, whatever the store does.</summary>
    static readonly Gap[] Gaps =
    [
        new(
            CodexRelease.V125,
            Ability.ReportTurns,
            "its turn ends in the middle of its last call to the store, before it reports the end",
            null
        ),
        new(CodexRelease.V125, Ability.Exec, "it waits for the report of the turn's end", null),
        new(CodexRelease.V125, Ability.Fork, NoFile, "no rollout found for thread id") { FileHelps = true },
        new(CodexRelease.V125, Ability.Resume, NoFile, "no rollout found for thread id") { FileHelps = true },
        new(CodexRelease.V125, Ability.ListTurns, NoFileForTurns, "ephemeral threads do not support") { FileHelps = true },
        new(CodexRelease.V125, Ability.ChangeRepository, NoRow, "sqlite state db unavailable"),
        new(CodexRelease.V125, Ability.AnswerRollback, NoFileForAnswer, "thread has no persisted rollout"),
        new(CodexRelease.V128, Ability.ListTurns, NoFileForTurns, "ephemeral threads do not support") { FileHelps = true },
        new(CodexRelease.V128, Ability.ChangeRepository, NoRow, "sqlite state db unavailable"),
        new(CodexRelease.V128, Ability.AnswerRollback, NoFileForAnswer, "thread has no persisted rollout"),
    ];

    /// <summary>Says whether it has an ability.</summary>
    public bool Can(Ability ability) => GapOf(ability) is null;

    /// <summary>Gives why it lacks an ability, or null when it has it.</summary>
    public Gap? GapOf(Ability ability) =>
        Gaps.SingleOrDefault(gap => gap.Release == Release && gap.Ability == ability && !(gap.FileHelps && SharesHome));

    /// <summary>Says whether a line of its errors complains of the store.</summary>
    /// <remarks>0.125 shuts each thread down once more when it is gone already, and says so.</remarks>
    public bool Blames(string line) =>
        line.Contains("ERROR", StringComparison.Ordinal)
        && ((string[])["rollout items", "thread-store", "thread store", "persist"]).Any(word =>
            line.Contains(word, StringComparison.Ordinal)
        )
        && !(Release == CodexRelease.V125 && line.Contains("not found", StringComparison.Ordinal));

    /// <summary>What a release cannot do.</summary>
    /// <param name="Release">The release.</param>
    /// <param name="Ability">What it cannot do.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Refusal">What it says when it is asked to, or null when it says nothing.</param>
    public sealed record Gap(string Release, Ability Ability, string Reason, string? Refusal)
    {
        /// <summary>Gets whether it can when the rollout is in its own home.</summary>
        public bool FileHelps { get; init; }
    }
}
