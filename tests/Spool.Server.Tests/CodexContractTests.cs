using System.Text.Json.Nodes;
using Grpc.Core;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;

namespace Spool.Server.Tests;

/// <summary>What the clients of Codex's contract need beyond what the contract says.</summary>
public sealed class CodexContractTests
{
    const int DeepestMember = RolloutLine.MaxDepth - 2; // of a payload, in a line

    [Fact]
    [Guarantee("SRV-04")]
    public async Task A_thread_is_stored_with_its_first_item_that_is_kept()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();

        await server.Codex.CreateThreadAsync(Given.Announcement(thread));
        await server.Codex.AppendItemsAsync(
            Given.Items(thread, Given.Delta("hel"), """{"type":"event_msg","payload":{"type":"session_configured","session_id":"x"}}""")
        );
        var before = await Given.RefusalOf(server.Codex.ReadThreadAsync(new Codex.ReadThreadRequest { ThreadId = thread }));
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("hello")));

        Assert.Equal(StatusCode.NotFound, before.StatusCode);
        Assert.Equal(["session_meta", "event_msg"], (await HistoryAsync(server, thread)).Select(item => item["type"]!.GetValue<string>()));
    }

    [Fact]
    [Guarantee("SRV-05")]
    public async Task What_the_announcement_says_is_in_the_first_item()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var (thread, source) = (Given.NewId(), Given.NewId());
        var announcement = Given.Announcement(thread);
        announcement.ForkedFromId = source;
        announcement.DynamicToolsJson.Add("""{"name":"t","description":"d","inputSchema":{},"deferLoading":false}""");

        await server.Codex.CreateThreadAsync(announcement);
        await server.Codex.PersistThreadAsync(Given.Thread(thread));

        var meta = (await HistoryAsync(server, thread))[0]["payload"]!;
        Assert.Equal(thread, meta["id"]!.GetValue<string>());
        Assert.Equal(source, meta["forked_from_id"]!.GetValue<string>());
        Assert.Equal("/w", meta["cwd"]!.GetValue<string>());
        Assert.Equal("mock", meta["model_provider"]!.GetValue<string>());
        Assert.Equal("Be brief.", meta["base_instructions"]!["text"]!.GetValue<string>());
        Assert.Equal("t", meta["dynamic_tools"]![0]!["name"]!.GetValue<string>());
        Assert.Equal("vscode", meta["source"]!.GetValue<string>());
    }

    [Fact]
    [Guarantee("SRV-06")]
    public async Task Clients_that_announce_nothing_but_an_id_say_the_rest_in_their_first_event()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var (thread, source) = (Given.NewId(), Given.NewId());

        await server.Codex.CreateThreadAsync(new Codex.CreateThreadRequest { ThreadId = thread });
        await server.Codex.AppendItemsAsync(
            Given.Items(
                thread,
                $$$"""{"type":"event_msg","payload":{"type":"session_configured","session_id":"{{{thread}}}","forked_from_id":"{{{source}}}","model_provider_id":"p","cwd":"/somewhere","initial_messages":[{"cwd":"/no"}]}}"""
            )
        );
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("hello")));

        var stored = (await server.Codex.ReadThreadAsync(new Codex.ReadThreadRequest { ThreadId = thread })).Thread;
        Assert.Equal(("/somewhere", "p", source), (stored.Cwd, stored.ModelProvider, stored.ForkedFromId));
    }

    [Fact]
    [Guarantee("SRV-07")]
    public async Task Appends_come_at_any_time_and_the_other_verbs_may_be_repeated()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        await server.Codex.CreateThreadAsync(Given.Announcement(thread));

        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("before persist")));
        await server.Codex.PersistThreadAsync(Given.Thread(thread));
        await server.Codex.PersistThreadAsync(Given.Thread(thread));
        await server.Codex.FlushThreadAsync(Given.Thread(thread));
        await server.Codex.FlushThreadAsync(Given.Thread(thread));
        await server.Codex.ShutdownThreadAsync(Given.Thread(thread));
        await server.Codex.ShutdownThreadAsync(Given.Thread(thread));
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("after shutdown")));
        await server.Codex.FlushThreadAsync(Given.Thread(thread));

        Assert.Equal(["before persist", "after shutdown"], await MessagesAsync(server, thread));
    }

    [Fact]
    [Guarantee("SRV-08")]
    public async Task Items_of_a_thread_that_the_server_never_heard_of_are_kept()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();

        await server.Codex.AppendItemsAsync(
            Given.Items(thread, """{"type":"turn_context","payload":{"cwd":"/of/the/turn","model":"m"}}""", Given.UserMessage("hello"))
        );

        var stored = (await server.Codex.ReadThreadAsync(new Codex.ReadThreadRequest { ThreadId = thread })).Thread;
        Assert.Equal(("/of/the/turn", "m", "hello"), (stored.Cwd, stored.Model, stored.Preview));
    }

    [Fact]
    [Guarantee("SRV-09")]
    public async Task A_thread_that_is_discarded_before_it_was_to_be_kept_leaves_nothing()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var (announced, written, kept) = (Given.NewId(), Given.NewId(), Given.NewId());
        foreach (var thread in (string[])[announced, written, kept])
            await server.Codex.CreateThreadAsync(Given.Announcement(thread));
        await server.Codex.AppendItemsAsync(Given.Items(written, Given.UserMessage("hello")));
        await server.Codex.AppendItemsAsync(Given.Items(kept, Given.UserMessage("hello")));
        await server.Codex.PersistThreadAsync(Given.Thread(kept));

        foreach (var thread in (string[])[announced, written, kept])
            await server.Codex.DiscardThreadAsync(Given.Thread(thread));

        var list = await server.Codex.ListThreadsAsync(new Codex.ListThreadsRequest());
        Assert.Equal([kept], list.Threads.Select(thread => thread.ThreadId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Guarantee("SRV-18")]
    public async Task An_append_of_unknown_outcome_is_made_again_and_stored_once(bool isKept)
    {
        await using var memory = new InMemoryThreadStore();
        await using var store = new UnsureStore(memory);
        await using var server = await RunningServer.StartAsync(store);
        var thread = Given.NewId();
        await server.Codex.CreateThreadAsync(Given.Announcement(thread));

        foreach (var text in (string[])["one", "two", "three"])
        {
            store.NextIsKept = isKept;
            await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage(text)));
        }

        Assert.Equal(
            [null, "one", "two", "three"],
            (await HistoryAsync(server, thread)).Select(item => item["payload"]!["message"]?.GetValue<string>())
        );
    }

    [Fact]
    [Guarantee("SRV-10")]
    public async Task An_append_goes_on_when_another_program_took_the_thread_in_between()
    {
        await using var store = new InMemoryThreadStore();
        await using var other = store.OpenAnother();
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(store, options => options with { Time = time });
        var thread = Given.NewId();
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("one")));

        time.Advance(TimeSpan.FromMinutes(1));
        await using (var writer = await other.ResumeAsync(new ResumeRequest(ThreadId.Parse(thread)), Given.Cancellation))
        {
            var whileWritten = await Given.RefusalOf(server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("refused"))));
            Assert.Equal(StatusCode.Aborted, whileWritten.StatusCode);
            await writer.AppendAsync(
                new AppendRequest([NewItem.FromJson("event_msg", """{"type":"user_message","message":"two"}""")]),
                Given.Cancellation
            );
        }
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("three")));

        Assert.Equal(["one", "two", "three"], await MessagesAsync(server, thread));
    }

    [Fact]
    [Guarantee("SRV-11")]
    public async Task An_idle_writer_is_shut_down_and_lets_others_write()
    {
        await using var store = new InMemoryThreadStore();
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(store, options => options with { Time = time });
        var thread = Given.NewId();
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("one")));

        var busy = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await store.ResumeAsync(new ResumeRequest(ThreadId.Parse(thread)), Given.Cancellation)
        );
        time.Advance(TimeSpan.FromSeconds(60));
        await using var writer = await store.ResumeAsync(new ResumeRequest(ThreadId.Parse(thread)), Given.Cancellation);

        Assert.Equal(ThreadStoreErrorCode.HasWriter, busy.Code);
        Assert.Equal(2, writer.NextOrdinal);
    }

    [Fact]
    [Guarantee("SRV-12")]
    public async Task A_history_is_given_whole_or_refused()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        var text = new string('x', 1_500_000);
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("1" + text), Given.UserMessage("2" + text)));

        var fits = await HistoryAsync(server, thread);
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("3" + text)));
        var refusal = await Given.RefusalOf(
            server.Codex.ReadThreadAsync(new Codex.ReadThreadRequest { ThreadId = thread, IncludeHistory = true })
        );
        var without = await server.Codex.ReadThreadAsync(new Codex.ReadThreadRequest { ThreadId = thread });

        Assert.Equal(3, fits.Count);
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains("4 MiB", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.True(without.CalculateSize() < 4 * 1024 * 1024);
    }

    [Fact]
    [Guarantee("SRV-13")]
    public async Task A_page_of_threads_with_long_messages_fits_into_an_answer_and_nothing_is_left_out()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Limits = options.Limits with { MaxCodexResponseBytes = 512 * 1024 },
            }
        );
        var text = new string('x', 100_000);
        for (var i = 0; i < 12; i++)
            await server.Codex.AppendItemsAsync(Given.Items(Given.NewId(), Given.UserMessage(text)));

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var request = new Codex.ListThreadsRequest { PageSize = 100, SortDirection = Codex.SortDirection.Desc };
            if (cursor is not null)
                request.Cursor = cursor;
            var page = await server.Codex.ListThreadsAsync(request);
            Assert.True(page.CalculateSize() <= 512 * 1024);
            seen.AddRange(page.Threads.Select(thread => thread.ThreadId));
            cursor = page.HasNextCursor ? page.NextCursor : null;
        } while (cursor is not null);

        Assert.Equal(12, seen.Distinct().Count());
        Assert.Equal(12, seen.Count);
    }

    [Theory]
    [InlineData((int)Codex.SortDirection.Desc, "2026-04-30T09:00:02.001Z", "2 1 0")]
    [InlineData((int)Codex.SortDirection.Desc, "2026-04-30T09:00:02Z", "1 0")]
    [InlineData((int)Codex.SortDirection.Asc, "2026-04-30T09:00:01.999Z", "2 3")]
    [InlineData((int)Codex.SortDirection.Asc, "2026-04-30T09:00:02Z", "3")]
    [Guarantee("SRV-14")]
    public async Task A_time_is_a_cursor_too_and_means_the_second_that_the_client_was_shown(int direction, string cursor, string expected)
    {
        var time = new ManualTime();
        await using var store = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(store, options => options with { Time = time });
        time.Advance(TimeSpan.FromMilliseconds(500));
        for (var i = 0; i < 4; i++)
        {
            var thread = Given.NewId();
            await server.Codex.CreateThreadAsync(Given.Announcement(thread));
            await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage($"{i}")));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var page = await server.Codex.ListThreadsAsync(
            new Codex.ListThreadsRequest { SortDirection = (Codex.SortDirection)direction, Cursor = cursor }
        );

        Assert.Equal(expected, string.Join(' ', page.Threads.Select(thread => thread.Preview)));
    }

    [Fact]
    [Guarantee("SRV-15")]
    public async Task Items_that_the_client_could_not_read_are_left_out_of_what_it_is_given()
    {
        await using var store = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(store);
        var id = ThreadId.New(TimeProvider.System);
        await using (var writer = await store.CreateAsync(new CreateRequest(id, Given.Meta(id).ToItem()), Given.Cancellation))
        {
            NewItem[] items =
            [
                NewItem.FromJson("event_msg", """{"type":"user_message","message":"hello"}"""),
                NewItem.FromJson("from_the_future", """{"type":"x"}"""),
                NewItem.FromJson("event_msg", """{"type":"from_the_future"}"""),
                new("event_msg", """{"type":"agent_message","message":broken}"""u8.ToArray()),
                NewItem.FromJson("event_msg", """{"type":"agent_message","message":"hi"}"""),
            ];
            await writer.AppendAsync(new AppendRequest(items), Given.Cancellation);
        }

        var history = await HistoryAsync(server, id.ToString());

        Assert.Equal(
            ["session_meta", "user_message", "agent_message"],
            history.Select(item => item["payload"]!["type"]?.GetValue<string>() ?? item["type"]!.GetValue<string>())
        );
        Assert.Equal(6, (await server.Spool.HistoryAsync(id.ToString())).Count);
    }

    [Fact]
    [Guarantee("SRV-16")]
    public async Task A_thread_that_is_being_written_is_archived_and_named_through_its_writer()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        await server.Codex.CreateThreadAsync(Given.Announcement(thread));
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("hello")));

        var patch = new Codex.ThreadMetadataPatch
        {
            Name = "A name",
            MemoryMode = Codex.ThreadMemoryMode.Disabled,
            GitInfo = new Codex.GitInfoPatch
            {
                Branch = new Codex.OptionalStringPatch { Kind = Codex.OptionalStringPatchKind.Set, Value = "b" },
            },
        };
        var named = (
            await server.Codex.UpdateThreadMetadataAsync(
                new Codex.UpdateThreadMetadataRequest
                {
                    ThreadId = thread,
                    Patch = patch,
                    IncludeArchived = true,
                }
            )
        ).Thread;
        await server.Codex.ArchiveThreadAsync(new Codex.ArchiveThreadRequest { ThreadId = thread });
        var hidden = await Given.RefusalOf(server.Codex.ReadThreadAsync(new Codex.ReadThreadRequest { ThreadId = thread }));
        var resumed = await Given.RefusalOf(
            server.Codex.ResumeThreadAsync(new Codex.ResumeThreadRequest { ThreadId = thread, IncludeArchived = true })
        );
        var back = (await server.Codex.UnarchiveThreadAsync(new Codex.ArchiveThreadRequest { ThreadId = thread })).Thread;

        Assert.Equal(("A name", "b"), (named.Name, named.GitInfo.Branch));
        Assert.Equal((StatusCode.NotFound, StatusCode.FailedPrecondition), (hidden.StatusCode, resumed.StatusCode));
        Assert.Equal((thread, "A name"), (back.ThreadId, back.Name));
        Assert.NotEmpty(back.RolloutPath);
    }

    [Fact]
    public async Task A_thread_is_announced_once()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        await server.Codex.CreateThreadAsync(Given.Announcement(thread));
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("hello")));

        var refusal = await Given.RefusalOf(server.Codex.CreateThreadAsync(Given.Announcement(thread)));

        Assert.Equal(
            (StatusCode.AlreadyExists, ThreadStoreErrorCode.AlreadyExists),
            (refusal.StatusCode, WireErrors.ToStore(refusal).Code)
        );
        Assert.Equal(["hello"], await MessagesAsync(server, thread));
    }

    [Theory]
    [InlineData(62)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(DeepestMember)]
    public async Task What_is_nested_as_deep_as_Codex_reads_is_stored_and_given_back(int depth)
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var (thread, deep) = (Given.NewId(), Deep(depth));
        var announcement = Given.Announcement(thread);
        announcement.MetadataJson = $$"""{"cwd":"/w","more":{{deep}}}""";
        announcement.DynamicToolsJson.Add($$"""{"name":"t","description":"d","inputSchema":{{Deep(depth - 2)}}}""");
        string[] items =
        [
            $$$"""{"type":"event_msg","payload":{"q":{{{deep}}},"type":"user_message","message":"hello","images":[]}}""",
            $$$"""{"type":"response_item","payload":{"q":{{{deep}}},"type":"message","role":"user","content":[{"type":"input_text","text":"x"}]}}""",
            $$$"""{"type":"event_msg","payload":{"q":{{{deep}}},"type":"exec_command_end","call_id":"c","aggregated_output":"{{{new string('o', 20_000)}}}","stdout":"out"}}""",
        ];

        announcement.EventPersistenceMode = Codex.ThreadEventPersistenceMode.Extended;
        await server.Codex.CreateThreadAsync(announcement);
        await server.Codex.AppendItemsAsync(Given.Items(thread, items));
        await server.Codex.ShutdownThreadAsync(Given.Thread(thread));
        await server.Codex.ResumeThreadAsync(new Codex.ResumeThreadRequest { ThreadId = thread, HistoryJson = { items } });
        await server.Codex.UpdateThreadMetadataAsync(
            new Codex.UpdateThreadMetadataRequest
            {
                ThreadId = thread,
                Patch = new Codex.ThreadMetadataPatch { MemoryMode = Codex.ThreadMemoryMode.Disabled },
            }
        );

        var history = (await server.Codex.LoadHistoryAsync(new Codex.LoadThreadHistoryRequest { ThreadId = thread })).ItemsJson;
        Assert.Equal(items[..2], history.Skip(1).Take(2));
        Assert.Contains($"\"inputSchema\":{Deep(depth - 2)}", history[0], StringComparison.Ordinal);
        Assert.Contains(deep, history[3], StringComparison.Ordinal);
        Assert.Contains("chars truncated", history[3], StringComparison.Ordinal); // as any other output
    }

    [Theory]
    [InlineData(DeepestMember + 1)]
    [InlineData(DeepestMember + 2)]
    [InlineData(998)]
    public async Task What_is_nested_deeper_than_Codex_reads_is_stored_and_left_out_of_what_it_is_given(int depth)
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        var deep = $$$"""{"type":"event_msg","payload":{"type":"user_message","message":"deep","q":{{{Deep(depth)}}}}}""";

        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("before"), deep, Given.UserMessage("behind")));

        Assert.Equal(["before", "behind"], await MessagesAsync(server, thread));
        var stored = await server.Spool.HistoryAsync(thread);
        Assert.EndsWith(
            deep["""{"type":"event_msg","payload":""".Length..],
            System.Text.Encoding.UTF8.GetString(stored[2].Bytes.Span),
            StringComparison.Ordinal
        );
        Assert.Equal(
            ThreadCondition.Ok,
            WireThreads
                .ToStore((await server.Spool.FindThreadAsync(new Contracts.SpoolV1.FindThreadRequest { ThreadId = thread })).Thread)
                .State
        );
    }

    [Fact]
    public async Task What_is_nested_without_end_is_refused_with_the_bound()
    {
        await using var server = await RunningServer.StartInMemoryAsync();

        var refusal = await Given.RefusalOf(
            server.Codex.AppendItemsAsync(
                Given.Items(
                    Given.NewId(),
                    $$$"""{"type":"event_msg","payload":{"type":"user_message","message":"m","q":{{{Deep(999)}}}}}"""
                )
            )
        );

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains("1,000 levels", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_of_no_folders_finds_nothing_and_one_of_no_providers_everything()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        await server.Codex.CreateThreadAsync(Given.Announcement(thread));
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("hello")));

        async Task<int> CountAsync(Codex.ListThreadsRequest request) => (await server.Codex.ListThreadsAsync(request)).Threads.Count;

        Assert.Equal(0, await CountAsync(new Codex.ListThreadsRequest { CwdFilter = new() }));
        Assert.Equal(1, await CountAsync(new Codex.ListThreadsRequest { CwdFilter = new() { Values = { "/w" } } }));
        Assert.Equal(1, await CountAsync(new Codex.ListThreadsRequest { ModelProviderFilter = new() }));
    }

    static string Deep(int depth) => string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth));

    static async Task<List<JsonNode>> HistoryAsync(RunningServer server, string thread)
    {
        var response = await server.Codex.ReadThreadAsync(new Codex.ReadThreadRequest { ThreadId = thread, IncludeHistory = true });
        return [.. response.Thread.History.ItemsJson.Select(item => JsonNode.Parse(item)!)];
    }

    static async Task<IEnumerable<string>> MessagesAsync(RunningServer server, string thread) =>
        (await HistoryAsync(server, thread)).Skip(1).Select(item => item["payload"]!["message"]!.GetValue<string>());
}
