using Xunit;

namespace Spool.Tests;

/// <summary>Which turns of a fork or a sub-agent are another thread's.</summary>
public sealed class InheritedTurnTests
{
    static readonly DateTimeOffset Made = new(2026, 5, 20, 12, 0, 0, 500, TimeSpan.Zero);
    static readonly ThreadId Source = ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e31");
    static readonly ThreadId Parent = ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e32");

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void The_id_of_a_turn_says_to_the_millisecond_when_it_began(int milliseconds, bool isInherited)
    {
        var id = Guid.CreateVersion7(Made.AddMilliseconds(milliseconds)).ToString();

        Assert.Equal(isInherited ? Source : null, Turn(id, Made.AddMilliseconds(-500)).InheritedFrom(Thread(Source, null)));
        Assert.Equal(isInherited ? Source : null, Turn(id, null).InheritedFrom(Thread(Source, null)));
    }

    [Theory]
    [InlineData("turn-1")]
    [InlineData("00000001-d3ad-73a1-92e6-c2af64741e31")]
    public void Else_the_time_at_which_it_started_does_to_the_second(string id)
    {
        Assert.Equal(Source, Turn(id, Made.AddSeconds(-1)).InheritedFrom(Thread(Source, null)));
        Assert.Null(Turn(id, Made.AddMilliseconds(-500)).InheritedFrom(Thread(Source, null)));
        Assert.Null(Turn(id, Made.AddSeconds(9)).InheritedFrom(Thread(Source, null)));
    }

    [Fact]
    public void Without_a_time_or_a_thread_that_it_came_from_a_turn_is_its_own()
    {
        Assert.Null(Turn("rollout-3", null).InheritedFrom(Thread(Source, null)));
        Assert.Null(Turn("t", Made.AddDays(-1)).InheritedFrom(Thread(null, null)));
    }

    [Fact]
    public void A_sub_agent_has_turns_of_its_parent_and_a_fork_those_of_its_source()
    {
        Assert.Equal(Parent, Turn("t", Made.AddDays(-1)).InheritedFrom(Thread(null, Parent)));
        Assert.Equal(Source, Turn("t", Made.AddDays(-1)).InheritedFrom(Thread(Source, Parent)));
    }

    static Turn Turn(string id, DateTimeOffset? startedAt) =>
        new()
        {
            Id = id,
            Items = [],
            Status = TurnStatus.Completed,
            StartedAt = startedAt,
            Ordinal = 0,
        };

    static StoredThread Thread(ThreadId? source, ThreadId? parent) =>
        new()
        {
            Id = ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e33"),
            CreatedAt = Made,
            UpdatedAt = Made,
            RecencyAt = Made,
            ForkedFromId = source,
            ParentThreadId = parent,
            Preview = "",
            Cwd = "",
            Source = SessionSource.Cli,
            ModelProvider = "",
            CliVersion = "",
        };
}
