using Xunit;

namespace Spool.Tests;

public sealed class HistoryCutTests
{
    static readonly (string Id, HistoryCut Start)[] Turns =
    [
        ("c", new(1, 50)),
        ("a", new(0, 100)),
        ("b", new(0, 900)),
        ("d", new(1, 400)),
        ("a", new(1, 700)),
    ];

    [Fact]
    public void The_end_of_what_is_stored_needs_no_turn() => Assert.Null(HistoryCut.Find([], ForkPoint.Latest));

    [Fact]
    public void A_turn_ends_where_the_next_one_begins_also_in_the_next_rollout()
    {
        Assert.Equal(new HistoryCut(0, 900), HistoryCut.Find(Turns, ForkPoint.Before("b")));
        Assert.Equal(new HistoryCut(1, 50), HistoryCut.Find(Turns, ForkPoint.Through("b")));
        Assert.Equal(new HistoryCut(1, 400), HistoryCut.Find(Turns, ForkPoint.Through("c")));
    }

    [Fact]
    public void Of_two_turns_with_one_id_the_later_counts_and_the_last_one_ends_with_the_history()
    {
        Assert.Equal(new HistoryCut(1, 700), HistoryCut.Find(Turns, ForkPoint.Before("a")));
        Assert.Null(HistoryCut.Find(Turns, ForkPoint.Through("a")));
    }

    [Fact]
    public void A_turn_that_is_not_shown_is_refused()
    {
        foreach (var point in new[] { ForkPoint.Before("x"), ForkPoint.Through("") })
            Assert.Equal(
                ThreadStoreErrorCode.InvalidRequest,
                Assert.Throws<ThreadStoreException>(() => HistoryCut.Find(Turns, point)).Code
            );
    }
}
