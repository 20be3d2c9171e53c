using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Spool.Server.Tests;

/// <summary>What goes over the wire comes back as it was.</summary>
public sealed class MappingTests
{
    static readonly DateTimeOffset Time = new(2026, 4, 30, 9, 15, 0, 120, TimeSpan.Zero);

    public static TheoryData<ThreadStoreErrorCode> Codes => [.. System.Enum.GetValues<ThreadStoreErrorCode>()];

    public static TheoryData<StatusCode> Statuses => [.. System.Enum.GetValues<StatusCode>().Where(status => status != StatusCode.OK)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_error_comes_back_as_it_was(ThreadStoreErrorCode code)
    {
        var owner = new WriterOwner("host", 7, "agent", Time) { LeaseLeft = TimeSpan.FromMilliseconds(12_345) };
        ThreadId[] forks = [ThreadId.Parse(Given.NewId()), ThreadId.Parse(Given.NewId())];

        var wire = WireErrors.ToRpc(
            new ThreadStoreException(code, "A sentence.")
            {
                Owner = owner,
                NextOrdinal = 12,
                Forks = forks,
                RetryAfter = TimeSpan.FromSeconds(1.5),
            }
        );
        var back = WireErrors.ToStore(wire);
        var bare = WireErrors.ToStore(WireErrors.ToRpc(new ThreadStoreException(code, "A sentence.")));

        Assert.Equal(ErrorTable.For(code).GrpcStatus, (int)wire.StatusCode);
        Assert.Equal(
            (code, "A sentence.", owner, 12L, TimeSpan.FromSeconds(1.5)),
            (back.Code, back.Message, back.Owner, back.NextOrdinal, back.RetryAfter)
        );
        Assert.Equal(forks, back.Forks);
        Assert.Equal((code, "A sentence.", null, null), (bare.Code, bare.Message, bare.NextOrdinal, bare.RetryAfter));
        Assert.Empty(bare.Forks);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_code_of_a_later_version_is_taken_by_its_group_with_everything_it_says(ThreadStoreErrorCode code)
    {
        var owner = new WriterOwner("host", 7, "agent", Time);
        var info = new ErrorInfo
        {
            Reason = ErrorTable.For(code).Group,
            Domain = WireErrors.Domain,
            Metadata =
            {
                ["code"] = "OF_TOMORROW",
                ["host"] = "host",
                ["process_id"] = "7",
                ["program"] = "agent",
                ["since"] = Time.ToString("O"),
            },
        };
        var status = new Google.Rpc.Status
        {
            Code = (int)StatusCode.Unknown,
            Message = "A sentence.",
            Details = { Any.Pack(info) },
        };

        var back = WireErrors.ToStore(status.ToRpcException());

        Assert.Equal(ErrorTable.ForGroup(info.Reason)!.Code, back.Code);
        Assert.Equal(("A sentence.", owner), (back.Message, back.Owner));
    }

    [Fact]
    public void What_is_malformed_in_the_details_is_left_out()
    {
        var info = new ErrorInfo
        {
            Reason = "CONFLICT",
            Domain = WireErrors.Domain,
            Metadata =
            {
                ["next_ordinal"] = "-x",
                ["forks"] = ",x," + new string(',', 5000),
                ["process_id"] = "many",
                ["since"] = "long",
            },
        };
        var status = new Google.Rpc.Status
        {
            Code = (int)StatusCode.Aborted,
            Message = "A sentence.",
            Details =
            {
                Any.Pack(info),
                Any.Pack(
                    new RetryInfo
                    {
                        RetryDelay = new Duration { Seconds = long.MaxValue, Nanos = -1 },
                    }
                ),
            },
        };

        var back = WireErrors.ToStore(status.ToRpcException());

        Assert.Equal(("A sentence.", null, null), (back.Message, back.NextOrdinal, back.RetryAfter));
        Assert.Empty(back.Forks);
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public void A_status_without_details_is_an_error_with_a_message_of_our_own(StatusCode status)
    {
        var back = WireErrors.ToStore(new RpcException(new Grpc.Core.Status(status, "what another server says, with /a/path")));

        Assert.DoesNotContain("/a/path", back.Message, StringComparison.Ordinal);
        Assert.Null(back.Owner);
    }

    [Fact]
    public void Details_that_are_none_do_not_hide_the_status()
    {
        var trailers = new Metadata { { "grpc-status-details-bin", [0xFF, 0xFF, 0xFF] } };

        var back = WireErrors.ToStore(new RpcException(new Grpc.Core.Status(StatusCode.NotFound, "x"), trailers));

        Assert.Equal(ThreadStoreErrorCode.NotFound, back.Code);
    }

    [Fact]
    public void A_thread_with_everything_comes_back_as_it_was()
    {
        var thread = new StoredThread
        {
            Id = ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e38"),
            Name = "name",
            Preview = "preview",
            CreatedAt = Time,
            UpdatedAt = Time.AddTicks(1),
            RecencyAt = Time.AddDays(1),
            ArchivedAt = Time.AddDays(2),
            Cwd = "/w",
            Source = new SessionSource("""{"subagent":"review"}"""),
            ModelProvider = "p",
            Model = "m",
            ReasoningEffort = "high",
            CliVersion = "1",
            Originator = "o",
            GitInfo = new GitInfo("c", null, "u"),
            ForkedFromId = ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e39"),
            ParentThreadId = ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e3a"),
            Depth = 3,
            AgentNickname = "n",
            AgentRole = "r",
            AgentPath = "/root",
            ThreadSource = "user",
            HistoryMode = HistoryModes.Paginated,
            MemoryMode = "disabled",
            TokensUsed = 12,
            State = ThreadCondition.Torn,
            StateReason = "Because.",
        };
        var bare = new StoredThread
        {
            Id = thread.Id,
            CreatedAt = Time,
            UpdatedAt = Time,
            RecencyAt = Time,
        };

        Assert.Equal(thread, WireThreads.ToStore(WireThreads.ToWire(thread)));
        Assert.Equal(bare, WireThreads.ToStore(WireThreads.ToWire(bare)));
        foreach (var state in System.Enum.GetValues<ThreadCondition>())
            Assert.Equal(state, WireThreads.ToStore(WireThreads.ToWire(bare with { State = state })).State);
    }

    [Fact]
    public void A_query_keeps_its_cursors_scope()
    {
        var query = new ThreadQuery
        {
            Limit = 7,
            Cursor = "c",
            Sort = ThreadSort.Recency,
            Direction = SortDirection.Ascending,
            Archive = ArchiveFilter.Any,
            Visibility = ThreadVisibility.All,
            Sources = ["cli", "subAgent"],
            ModelProviders = ["p"],
            Cwds = ["/w", ""],
            SearchTerm = "",
            Parent = ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e39"),
        };

        foreach (var each in (ThreadQuery[])[query, new ThreadQuery()])
        {
            var back = WireThreads.ToStore(WireThreads.ToWire(each));
            Assert.Equal((ListOf(each), each.Limit, each.Cursor), (ListOf(back), back.Limit, back.Cursor));
        }

        // Queries that mean the same have the same cursors.
        static string ListOf(ThreadQuery query) => NormalQuery.Of(query with { Cursor = null }).CursorBehind(default);
    }

    [Fact]
    public void A_patch_leaves_sets_and_clears()
    {
        var patch = new ThreadPatch
        {
            Name = Change.To(""),
            MemoryMode = "enabled",
            CommitHash = Change.Clear<string>(),
            RepositoryUrl = Change.To("u"),
        };

        Assert.Equal(patch, WireThreads.ToStore(WireThreads.ToWire(patch)));
        Assert.True(WireThreads.ToStore(WireThreads.ToWire(new ThreadPatch())).IsEmpty);
    }

    [Fact]
    public void An_append_and_a_fork_come_back_as_they_were()
    {
        var item = new NewItem("event_msg", """{"type":"x"}"""u8.ToArray()) { Metadata = "{}"u8.ToArray(), Timestamp = Time };
        var append = new AppendRequest([item])
        {
            Durability = Durability.Fsynced,
            ExpectedOrdinal = 0,
            BatchId = Guid.Empty,
        };
        var (source, threadId) = (ThreadId.New(TimeProvider.System), ThreadId.New(TimeProvider.System));

        var back = WireWrites.ToStore(WireWrites.ToWire(append, threadId, Guid.Empty));

        Assert.Equal((append.Durability, append.ExpectedOrdinal, append.BatchId), (back.Durability, back.ExpectedOrdinal, back.BatchId));
        Assert.Equal((item.Type, item.Timestamp), (back.Items[0].Type, back.Items[0].Timestamp));
        Assert.Equal(item.Payload.ToArray(), back.Items[0].Payload.ToArray());
        Assert.Equal(item.Metadata.ToArray(), back.Items[0].Metadata.ToArray());
        foreach (var point in (ForkPoint[])[ForkPoint.Latest, ForkPoint.Before("t"), ForkPoint.Through("t")])
            Assert.Equal(point, WireWrites.ToStore(WireWrites.ToWire(new ForkRequest(source, threadId) { Point = point })).Point);
    }
}
