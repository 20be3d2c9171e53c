using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class TurnPropertyTests
{
    const int Iterations = 3_000;

    [Fact]
    public void Legacy_turns_built_from_their_boundaries_are_those_of_the_whole() =>
        BoundariesAgree(HistoryModes.Legacy, RandomRollouts.Legacy);

    [Fact]
    public void Paginated_turns_built_from_their_boundaries_are_those_of_the_whole() =>
        BoundariesAgree(HistoryModes.Paginated, RandomRollouts.Paginated);

    [Fact]
    public void Passes_over_a_legacy_log_may_end_anywhere() => PassesAgree(HistoryModes.Legacy, RandomRollouts.Legacy);

    [Fact]
    public void Passes_over_a_paginated_log_may_end_anywhere() => PassesAgree(HistoryModes.Paginated, RandomRollouts.Paginated);

    [Fact]
    public void Turns_that_a_log_does_not_name_have_ids_of_their_own() =>
        RandomRollouts.Legacy.Sample(
            lines =>
            {
                var ids = RolloutText
                    .Turns(HistoryModes.Legacy, [.. lines.Select(line => line.Replace("\"rollout-", "\"named-", StringComparison.Ordinal))])
                    .Select(turn => turn.Id)
                    .ToList();
                var made = ids.Where(id =>
                    id.StartsWith("rollout-", StringComparison.Ordinal) || id.StartsWith("line-", StringComparison.Ordinal)
                );
                Assert.Equal(made.Distinct(), made);
            },
            iter: Iterations
        );

    static void BoundariesAgree(string mode, Gen<string[]> logs) =>
        logs.Sample(
            lines =>
                Assert.Equal(
                    RolloutText.Texts(RolloutText.Turns(mode, lines)),
                    RolloutText.Texts(new TurnIndex(mode, lines).Track().Build())
                ),
            iter: Iterations
        );

    static void PassesAgree(string mode, Gen<string[]> logs) =>
        Gen.Select(logs, Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int[1, 7])
            .Sample(
                (lines, one, two, every) =>
                {
                    var (first, second) = (Math.Min(Math.Min(one, two), lines.Length), Math.Min(Math.Max(one, two), lines.Length));
                    var whole = new TurnIndex(mode, lines).Track();
                    foreach (
                        var parts in new[]
                        {
                            new TurnIndex(mode, lines).Track(first, second),
                            new TurnIndex(mode, lines).TrackTakingEvery(every),
                        }
                    )
                    {
                        Assert.Equal(whole.Turns, parts.Turns);
                        Assert.Equal(whole.OutlyingRecords, parts.OutlyingRecords);
                    }
                },
                iter: Iterations
            );
}
