using System.Text;
using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class SessionMetaTests
{
    static readonly ThreadId Id = ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e38");
    static readonly ThreadId Other = ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e39");
    static readonly DateTimeOffset Created = new(2026, 4, 30, 9, 15, 0, 120, TimeSpan.Zero);

    [Fact]
    public void What_it_says_is_what_readers_understand() =>
        Gen.Select(Gen.Bool, Gen.Bool, Choice.Of("plain", "é\"\\中😀\n"))
            .Sample(
                (isPaginated, isFork, text) =>
                {
                    var meta = new SessionMeta(Id, Created)
                    {
                        Cwd = text,
                        Originator = text,
                        CliVersion = "1.2.3",
                        Source = new SessionSource("{\"subagent\":\"review\"}"),
                        ThreadSource = "user",
                        ModelProvider = text,
                        BaseInstructions = text,
                        HistoryMode = isPaginated ? HistoryModes.Paginated : HistoryModes.Legacy,
                        MemoryMode = "disabled",
                        Git = new GitInfo("abc", text, null),
                        ForkedFromId = isFork ? Other : null,
                        ParentThreadId = Other,
                        AgentNickname = "nick",
                        AgentRole = "role",
                        AgentPath = "/root/nick",
                        HistoryBase = isFork && isPaginated ? new HistoryBase(Other, 12, 3456) : null,
                    };
                    var item = meta.ToItem();
                    RolloutLine.Check(item, long.MaxValue);
                    var observer = new MetadataObserver();
                    observer.Observe(new RolloutItem(RolloutLine.ToArray(item, DateTimeOffset.UnixEpoch, null), 0));

                    Assert.Equal(
                        new ThreadFacts
                        {
                            Id = Id,
                            CreatedAt = Created,
                            LastItemAt = DateTimeOffset.UnixEpoch,
                            Cwd = text,
                            Originator = text,
                            CliVersion = "1.2.3",
                            Source = "{\"subagent\":\"review\"}",
                            ThreadSource = "user",
                            ModelProvider = text,
                            HistoryMode = meta.HistoryMode,
                            MemoryMode = "disabled",
                            GitInfo = meta.Git,
                            ForkedFromId = meta.ForkedFromId,
                            ParentThreadId = Other,
                            AgentNickname = "nick",
                            AgentRole = "role",
                            AgentPath = "/root/nick",
                            HistoryBase = meta.HistoryBase,
                        },
                        observer.Facts
                    );
                }
            );

    [Theory]
    [InlineData("exec")]
    [InlineData("")]
    public void A_source_that_is_no_json_is_misuse(string source) =>
        Assert.Contains(
            "has to be JSON",
            Assert
                .Throws<ArgumentException>(() =>
                    new SessionMeta(Id, Created)
                    {
                        Cwd = "/w",
                        Originator = "tests",
                        CliVersion = "1",
                        Source = new SessionSource(source),
                    }.ToItem()
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Members_come_in_the_order_in_which_Codex_writes_them_and_absent_ones_are_left_out()
    {
        var meta = new SessionMeta(Id, Created)
        {
            Cwd = "/w",
            Originator = "me",
            CliVersion = "1",
        };

        Assert.Equal(
            """{"id":"01a20428-d3ad-73a1-92e6-c2af64741e38","timestamp":"2026-04-30T09:15:00.120Z","cwd":"/w","originator":"me","cli_version":"1","source":"vscode","model_provider":null,"base_instructions":null}""",
            Encoding.UTF8.GetString(meta.ToItem().Payload.Span).Replace(meta.Source.Json, "\"vscode\"", StringComparison.Ordinal)
        );
    }
}
