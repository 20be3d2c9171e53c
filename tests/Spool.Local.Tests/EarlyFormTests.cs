using System.Text;
using CsCheck;

namespace Spool.Local.Tests;

/// <summary>Rollouts of the first half of 2025, as files: one JSON document each, and names of other forms.</summary>
public sealed class EarlyFormTests : IDisposable
{
    const string Id = "21a796ba-0000-4000-8000-000000000007";
    const string Name = $"rollout-2025-05-23-{Id}";

    const string Document = """
        {
          "session": {
            "timestamp": "2025-05-23T11:00:55.382Z",
            "id": "21a796ba-0000-4000-8000-000000000007",
            "instructions": ""
          },
          "items": [
            { "role": "user", "content": [ { "type": "input_text", "text": "Fix the \"login\" page, { [ ok?" } ], "type": "message" },
            {
              "id": "fc_1", "type": "function_call", "status": "completed", "name": "shell",
              "arguments": "{\"command\":[\"ls\"]}", "call_id": "call_1"
            },
            { "type": "function_call_output", "call_id": "call_1", "output": "{\"output\":\"a.txt\\n\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0}}" },
            { "id": "msg_1", "type": "message", "role": "assistant", "content": [ { "type": "output_text", "text": "Done." } ] }
          ],
          "version": 1.50
        }
        """;

    static readonly string[] Lines =
    [
        """{"timestamp":"2025-05-23T11:00:55.382Z","id":"21a796ba-0000-4000-8000-000000000007","instructions":""}""",
        """{"role":"user","content":[{"type":"input_text","text":"Fix the \"login\" page, { [ ok?"}],"type":"message"}""",
        """{"id":"fc_1","type":"function_call","status":"completed","name":"shell","arguments":"{\"command\":[\"ls\"]}","call_id":"call_1"}""",
        """{"type":"function_call_output","call_id":"call_1","output":"{\"output\":\"a.txt\\n\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0}}"}""",
        """{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"Done."}]}""",
        """{"record_type":"version","value":1.50}""",
    ];

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_document_is_a_thread_like_any_other()
    {
        Write($"sessions/{Name}.json", Document);
        await using var store = _home.Open();

        var thread = Assert.Single((await store.ListAsync(new ThreadQuery { SearchTerm = "LOGIN" }, Stop)).Items);
        Assert.Equal(
            (ThreadId.Parse(Id), "Fix the \"login\" page, { [ ok?", "2025-05-23T11:00:55.3820000+00:00", ThreadCondition.Ok, "cli"),
            (thread.Id, thread.Preview, thread.CreatedAt.ToString("O"), thread.State, thread.Source.Kind)
        );
        Assert.Equal(Lines, await LinesAsync(store, thread.Id));
        var turn = Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(thread.Id), Stop)).Items);
        Assert.Equal(["userMessage", "commandExecution", "agentMessage"], turn.Items.Select(item => item.Type));
        using var copy = new MemoryStream();
        await store.CopyLogAsync(thread.Id, copy, Stop);
        Assert.Equal(string.Concat(Lines.Select(line => line + "\n")), Encoding.UTF8.GetString(copy.ToArray()));
        for (var (cursor, at) = ((string?)null, 0); at < Lines.Length; at++)
        {
            var page = await store.ListItemsAsync(new ListItemsRequest(thread.Id) { Limit = 1, Cursor = cursor }, Stop);
            Assert.Equal(Lines[at], Encoding.UTF8.GetString(Assert.Single(page.Items).Bytes.Span));
            cursor = page.NextCursor;
        }
    }

    [Fact]
    public async Task A_document_is_moved_and_deleted_as_it_is_and_never_written()
    {
        Write($"sessions/{Name}.json", Document);
        var id = ThreadId.Parse(Id);
        await using var store = _home.Open();

        Assert.Equal(
            ThreadStoreErrorCode.Unsupported,
            (await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.ResumeAsync(new ResumeRequest(id), Stop))).Code
        );
        Assert.Equal("Old", (await store.UpdateAsync(id, new ThreadPatch { Name = Change.To("Old") }, Stop)).Thread.Name);
        await store.ArchiveAsync(id, Stop);
        Assert.Equal(Document, File.ReadAllText(Path.Combine(_home.Path, $"archived_sessions/{Name}.json")));
        await store.UnarchiveAsync(id, Stop);
        Assert.Equal(Document, File.ReadAllText(Path.Combine(_home.Path, $"sessions/{Name}.json")));
        Assert.Equal(1, (await store.DeleteAsync(id, Stop)).Rollouts);
        Assert.Empty(Directory.EnumerateFiles(_home.Path, "*.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_fork_of_a_document_is_a_log_of_today()
    {
        Write($"sessions/{Name}.json", Document);
        await using var store = _home.Open();

        var fork = (await store.ForkAsync(new ForkRequest(ThreadId.Parse(Id), HomeBuilding.Id(1)), Stop)).Thread;
        Assert.Equal((ThreadCondition.Ok, "Fix the \"login\" page, { [ ok?"), (fork.State, fork.Preview));
        await using (var writer = await store.ResumeAsync(new ResumeRequest(fork.Id), Stop))
            await writer.AppendAsync(
                new AppendRequest([NewItem.FromJson("event_msg", """{"type":"user_message","message":"More"}""")]),
                Stop
            );
        Assert.All(await LinesAsync(store, fork.Id), line => Assert.StartsWith("{\"timestamp\":\"", line));
        Assert.Equal(2, (await store.ListTurnsAsync(new ListTurnsRequest(fork.Id), Stop)).Items.Count);
    }

    [Theory]
    [InlineData(
        """{"session":{"id":"21a796ba-0000-4000-8000-000000000007","timestamp":"2025-05-23T11:00:55.382Z"},"items":[{"type":"message","role":"user","content":"a"},{"type":"mess""",
        ThreadCondition.Torn,
        3
    )]
    [InlineData(
        """{"session":{"id":"21a796ba-0000-4000-8000-000000000007","timestamp":"2025-05-23T11:00:55.382Z"},"items":[{"type":"message","role":"user","content":"a"},""",
        ThreadCondition.Torn,
        2
    )]
    [InlineData(
        """{"session":{"id":"21a796ba-0000-4000-8000-000000000007","timestamp":"2025-05-23T11:00:55.382Z"},"items":[7]}""",
        ThreadCondition.Damaged,
        2
    )]
    [InlineData(
        """{"session":{"id":"21a796ba-0000-4000-8000-000000000007","timestamp":"2025-05-23T11:00:55.382Z"},"items":[]} more""",
        ThreadCondition.Torn,
        2
    )]
    [InlineData(
        """{"items":[{"type":"message","role":"user","content":"a"}],"session":{"id":"21a796ba-0000-4000-8000-000000000007","timestamp":"2025-05-23T11:00:55.382Z"}}""",
        ThreadCondition.Ok,
        2
    )]
    [InlineData("""[{"type":"message","role":"user","content":"a"}]""", ThreadCondition.Damaged, 1)]
    [InlineData("""{"items":[{"type":"message","role":"user","content":"a"}]}""", ThreadCondition.Damaged, 1)]
    [InlineData("""{"session":"s","items":{"a":1}}""", ThreadCondition.Damaged, 2)]
    [InlineData(
        """{"session":{"id":"21a796ba-0000-4000-8000-000000000007","timestamp":"2025-05-23T11:00:55.382Z"},"items":[}]}""",
        ThreadCondition.Torn,
        2
    )]
    [InlineData("no JSON at all", ThreadCondition.Unreadable, 1)]
    [InlineData("", ThreadCondition.Unreadable, 0)]
    [InlineData("{", ThreadCondition.Unreadable, 0)]
    public async Task What_is_wrong_with_a_document_is_said_and_what_is_right_is_served(string text, ThreadCondition state, int items)
    {
        Write($"sessions/{Name}.json", text);
        await using var store = _home.Open();

        var thread = Assert.Single(await store.EverythingAsync());
        Assert.Equal((ThreadId.Parse(Id), state), (thread.Id, thread.State));
        Assert.Equal(state == ThreadCondition.Ok, thread.StateReason is null);
        Assert.Equal(items, (await LinesAsync(store, thread.Id)).Count);
    }

    [Theory]
    [InlineData($"sessions/{Name}.json", true)]
    [InlineData($"sessions/2025/05/23/rollout-2025-05-23T11-00-55-{Id}.json", true)]
    [InlineData($"archived_sessions/{Name}.json", true)]
    [InlineData($"sessions/{Name} (1).json", true)]
    [InlineData($"sessions/{Name}-copy.json", true)]
    [InlineData($"sessions/{Name}.bak.json", true)]
    [InlineData($"sessions/2025/05/23/rollout-2025-05-23T11-00-55-{Id} (2).json", true)]
    [InlineData($"archived_sessions/{Name} (1).json", true)]
    [InlineData("sessions/rollout-notes.json", false)]
    [InlineData("sessions/rollout-2025-05-23.json", false)]
    [InlineData($"sessions/rollout-2025-13-23-{Id}.json", false)]
    [InlineData($"sessions/{Name}.json.bak", false)]
    [InlineData($"sessions/{Id}.json", false)]
    public async Task Of_documents_only_those_are_rollouts_whose_names_begin_with_a_day_and_an_id(string path, bool isRollout)
    {
        Write(path, Document);

        Assert.Equal(isRollout ? [Id] : [], (await _home.EverythingAsync()).Select(thread => thread.Id.ToString()));
    }

    [Fact]
    public async Task A_document_under_a_changed_name_is_read_exported_archived_put_back_and_deleted_like_any_other()
    {
        Write($"sessions/{Name} (1).json", Document);
        var id = ThreadId.Parse(Id);
        await using var store = _home.Open();
        var lines = await LinesAsync(store, id);
        Assert.NotEmpty(lines);

        await store.ArchiveAsync(id, Stop);
        Assert.Equal(lines, await LinesAsync(store, id));
        Assert.NotNull((await store.FindAsync(id, Stop))!.ArchivedAt);
        await store.UnarchiveAsync(id, Stop);
        Assert.Equal(lines, await LinesAsync(store, id));
        await store.DeleteAsync(id, Stop);
        Assert.Empty(Directory.GetFiles(_home.Path, "*.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_log_without_envelopes_may_be_named_after_its_day()
    {
        Write($"sessions/{Name}.jsonl", "{\"type\":\"message\",\"role\":\"user\",\"content\":\"hello\"}\n");

        var thread = Assert.Single(await _home.EverythingAsync());
        Assert.Equal(
            (ThreadId.Parse(Id), "hello", "2025-05-23T00:00:00.0000000+00:00", ThreadCondition.Damaged),
            (thread.Id, thread.Preview, thread.CreatedAt.ToString("O"), thread.State)
        );
    }

    [Fact]
    public async Task A_document_that_is_written_anew_is_read_anew()
    {
        Write($"sessions/{Name}.json", Document);
        await using var store = _home.Open();
        Assert.Equal(6, (await LinesAsync(store, ThreadId.Parse(Id))).Count);

        Write(
            $"sessions/{Name}.json",
            Document.Replace("\"version\": 1.50", "\"version\": 2, \"more\": [true, null]", StringComparison.Ordinal)
        );
        Assert.Equal(
            [.. Lines[..5], """{"record_type":"version","value":2}""", """{"record_type":"more","value":[true,null]}"""],
            await LinesAsync(store, ThreadId.Parse(Id))
        );
    }

    [Fact]
    public async Task The_first_page_of_a_list_waits_for_a_document_whose_day_may_be_the_newest()
    {
        Write(
            "sessions/rollout-2025-05-23-00000000-0000-4000-8000-000000000001.json",
            Document
                .Replace(Id, "00000000-0000-4000-8000-000000000001", StringComparison.Ordinal)
                .Replace("T11:00", "T23:59", StringComparison.Ordinal)
        );
        for (var minute = 10; minute < 60; minute++)
        {
            var id = $"00000000-0000-4000-8000-0000000001{minute}";
            Write(
                $"sessions/2025/05/23/rollout-2025-05-23T20-{minute}-00-{id}.jsonl",
                $$"""{"id":"{{id}}","timestamp":"2025-05-23T20:{{minute}}:00.000Z"}"""
                    + "\n"
                    + """{"type":"message","role":"user","content":"a"}"""
                    + "\n"
            );
        }
        await using var store = _home.Open();

        Assert.Equal(
            "00000000-0000-4000-8000-000000000001",
            (await store.ListAsync(new ThreadQuery { Limit = 1 }, Stop)).Items.Single().Id.ToString()
        );
    }

    [Fact]
    public void Lines_of_a_document_do_not_depend_on_how_it_is_read() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, Document.Length - 1], Gen.Char["{}[]\",: x\\"])
            .Sample(
                (size, at, changed) =>
                {
                    var bytes = Encoding.UTF8.GetBytes(size % 3 == 0 ? Document : Document[..at] + changed + Document[(at + 1)..]);
                    var whole = new System.Buffers.ArrayBufferWriter<byte>();
                    new DocumentLines().Take(bytes, whole);
                    var parts = new System.Buffers.ArrayBufferWriter<byte>();
                    var lines = new DocumentLines();
                    foreach (var part in bytes.Chunk(size))
                        lines.Take(part, parts);
                    Assert.Equal(Encoding.UTF8.GetString(whole.WrittenSpan), Encoding.UTF8.GetString(parts.WrittenSpan));
                }
            );

    void Write(string path, string text) => _home.Write(path, Encoding.UTF8.GetBytes(text));

    static async Task<List<string>> LinesAsync(LocalThreadStore store, ThreadId threadId)
    {
        var lines = new List<string>();
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(threadId), Stop))
            lines.Add(Encoding.UTF8.GetString(item.Bytes.Span));
        return lines;
    }
}
