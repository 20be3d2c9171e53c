using System.Text;
using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

public sealed class SessionMetaChangesTests
{
    static readonly ThreadId Source = SeedIds.Id(1);
    static readonly ThreadId Fork = SeedIds.Id(2);

    const string Payload =
        """{"session_id":"S","id":"S","timestamp":"2026-04-30T09:15:00.120Z","cwd":"/w","unknown":{ "kept" : [1.50] },"base_instructions":{"text":"\u00e9"},"history_mode":"paginated","context_window":{"window_id":"w"},"git":{"branch":"main"}}""";

    [Fact]
    public void A_memory_mode_is_put_behind_the_instructions_and_the_repository_state_is_left_out()
    {
        var text = Text(SessionMetaChanges.WithMemoryMode(Head(), "disabled"));

        Assert.Equal(
            Payload
                .Replace("S", Source.ToString(), StringComparison.Ordinal)
                .Replace(",\"git\":{\"branch\":\"main\"}", "", StringComparison.Ordinal)
                .Replace("},\"history_mode", "},\"memory_mode\":\"disabled\",\"history_mode", StringComparison.Ordinal),
            text
        );
    }

    [Fact]
    public void A_repository_state_is_whole_and_an_empty_one_means_none()
    {
        Assert.EndsWith(
            ",\"git\":{\"commit_hash\":\"abc\",\"repository_url\":\"u\"}}",
            Text(SessionMetaChanges.WithGit(Head(), new GitInfo("abc", null, "u"), "enabled")),
            StringComparison.Ordinal
        );
        var cleared = SessionMetaChanges.WithGit(Head(), null, "enabled");
        Assert.EndsWith(",\"git\":{}}", Text(cleared), StringComparison.Ordinal);
        var observer = new MetadataObserver();
        observer.Observe(Head());
        Assert.Equal(new GitInfo(null, "main", null), observer.Facts.GitInfo);
        observer.Observe(new RolloutItem(RolloutLine.ToArray(cleared, DateTimeOffset.UnixEpoch, null), 1));
        Assert.Null(observer.Facts.GitInfo);
    }

    [Fact]
    public void A_patch_that_changes_nothing_makes_no_item_and_one_that_changes_both_makes_one()
    {
        var thread = new StoredThread
        {
            Id = Source,
            CreatedAt = SeedIds.Epoch,
            UpdatedAt = SeedIds.Epoch,
            RecencyAt = SeedIds.Epoch,
            GitInfo = new GitInfo(null, "main", null),
        };

        Assert.Null(
            SessionMetaChanges.ForPatch(
                Head(),
                thread,
                new ThreadPatch
                {
                    MemoryMode = "enabled",
                    Branch = Change.To("main"),
                    Name = Change.To("n"),
                }
            )
        );
        var both = SessionMetaChanges.ForPatch(
            Head(),
            thread,
            new ThreadPatch { MemoryMode = "disabled", Branch = Change.Clear<string>() }
        );
        Assert.NotNull(both);
        Assert.Contains("\"memory_mode\":\"disabled\"", Text(both), StringComparison.Ordinal);
        Assert.EndsWith(",\"git\":{}}", Text(both), StringComparison.Ordinal);
    }

    [Fact]
    public void The_head_of_a_fork_keeps_what_it_does_not_understand_and_says_where_it_comes_from()
    {
        var thread = new StoredThread
        {
            Id = Source,
            CreatedAt = SeedIds.Epoch,
            UpdatedAt = SeedIds.Epoch,
            RecencyAt = SeedIds.Epoch,
            MemoryMode = "disabled",
            GitInfo = new GitInfo(null, "other", null),
        };
        var head = new ForkHead(Fork, Source, SeedIds.Epoch.AddDays(1), new HistoryBase(Source, 12, 3456));

        Assert.Equal(
            $$$"""{"session_id":"{{{Fork}}}","id":"{{{Fork}}}","forked_from_id":"{{{Source}}}","forked_from_ordinal_exclusive":12,"timestamp":"2026-05-01T09:15:00.120Z","cwd":"/w","unknown":{ "kept" : [1.50] },"base_instructions":{"text":"\u00e9"},"memory_mode":"disabled","history_mode":"paginated","history_base":{"thread_id":"{{{Source}}}","end_ordinal_exclusive":12,"end_byte_offset":3456},"git":{"branch":"other"}}""",
            Text(SessionMetaChanges.ForFork(Head(), thread, head))
        );
    }

    [Fact]
    public void The_head_after_a_revert_says_where_its_history_begins_and_what_the_thread_has_now()
    {
        var thread = new StoredThread
        {
            Id = Source,
            CreatedAt = SeedIds.Epoch,
            UpdatedAt = SeedIds.Epoch,
            RecencyAt = SeedIds.Epoch,
            MemoryMode = "disabled",
            GitInfo = new GitInfo(null, "other", null),
        };
        var expected = Payload
            .Replace("S", Source.ToString(), StringComparison.Ordinal)
            .Replace("\"history_mode\"", "\"memory_mode\":\"disabled\",\"history_mode\"", StringComparison.Ordinal)
            .Replace(
                "\"history_mode\":\"paginated\"",
                $"\"history_mode\":\"paginated\",\"history_base\":{{\"thread_id\":\"{Source}\",\"end_ordinal_exclusive\":9,\"end_byte_offset\":10}}",
                StringComparison.Ordinal
            );
        var history = new HistoryBase(Source, 9, 10);

        Assert.Equal(
            expected.Replace("\"main\"", "\"other\"", StringComparison.Ordinal),
            Text(SessionMetaChanges.ForRevert(Head(), thread, history))
        );
        Assert.Equal(
            expected
                .Replace("\"memory_mode\":\"disabled\",", "", StringComparison.Ordinal)
                .Replace(",\"git\":{\"branch\":\"main\"}", "", StringComparison.Ordinal),
            Text(SessionMetaChanges.ForRevert(Head(), thread with { MemoryMode = "enabled", GitInfo = null }, history))
        );
    }

    [Fact]
    public void A_head_that_cannot_be_read_is_corrupt()
    {
        foreach (
            var line in (string[])
                [
                    "no item",
                    """{"timestamp":"2026-04-30T09:15:00.120Z","type":"session_meta","payload":{"id":}}""",
                    """{"timestamp":"2026-04-30T09:15:00.120Z","type":"event_msg","payload":{"type":"x"}}""",
                ]
        )
            Assert.Equal(
                ThreadStoreErrorCode.Corrupt,
                Assert
                    .Throws<ThreadStoreException>(() =>
                        SessionMetaChanges.WithMemoryMode(new RolloutItem(Encoding.UTF8.GetBytes(line), 0), "enabled")
                    )
                    .Code
            );
    }

    static RolloutItem Head() =>
        new(
            RolloutLine.ToArray(
                new NewItem("session_meta", Encoding.UTF8.GetBytes(Payload.Replace("S", Source.ToString(), StringComparison.Ordinal))),
                DateTimeOffset.UnixEpoch,
                0
            ),
            0
        );

    static string Text(NewItem item) => Encoding.UTF8.GetString(item.Payload.Span);
}
