using System.IO.Compression;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Spool.TestKit;

namespace Spool.Server.Tests;

/// <summary>What real clients of Codex 0.123 to 0.128 sent, call by call, is answered as they need it.</summary>
public sealed class TranscriptTests
{
    static readonly JsonParser Parser = new(JsonParser.Settings.Default);
    static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    static readonly Dictionary<string, List<JsonObject>> Transcripts = Load();

    public static TheoryData<string> Names => [.. Transcripts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    [Guarantee("SRV-01")]
    public async Task Every_recorded_call_is_answered_with_the_status_that_the_client_expects(string transcript)
    {
        // A second for each call, so that times order the threads as they did for the recorded server.
        var time = new ManualTime();
        await using var store = new InMemoryThreadStore(new InMemoryThreadStoreOptions { Time = time });
        await using var server = await RunningServer.StartAsync(store, options => options with { Time = time });
        var cursors = new Dictionary<string, string>();
        // Where faults were injected, what came later was recorded in another state of the server than the one that is here.
        var isFaulty = transcript.EndsWith("/faults", StringComparison.Ordinal);

        foreach (var call in Transcripts[transcript])
        {
            time.Advance(TimeSpan.FromSeconds(1));
            var (status, response) = await SendAsync(server, call, cursors);

            if (isFaulty)
                Assert.True(
                    status
                        is StatusCode.OK
                            or StatusCode.NotFound
                            or StatusCode.Aborted
                            or StatusCode.AlreadyExists
                            or StatusCode.FailedPrecondition,
                    $"{call["method"]} was answered with {status}."
                );
            else
                Assert.True(
                    call["status"]!.GetValue<string>() == status.ToString() || IsArchived(call, status),
                    $"{call["method"]} was answered with {status}."
                );
            if (call["response"] is JsonObject recorded && response is not null)
                Compare(call["method"]!.GetValue<string>(), recorded, response, cursors);
        }
    }

    // The server that was recorded let archived threads be resumed; the client then fails by itself, as it does when it is told.
    static bool IsArchived(JsonObject call, StatusCode status) =>
        call["method"]!.GetValue<string>() == "ResumeThread" && status == StatusCode.FailedPrecondition;

    static async Task<(StatusCode Status, JsonObject? Response)> SendAsync(
        RunningServer server,
        JsonObject call,
        Dictionary<string, string> cursors
    )
    {
        var method = Contracts.CodexV1.ThreadStore.Descriptor.FindMethodByName(call["method"]!.GetValue<string>());
        var json = call["request"]!.AsObject();
        // A cursor belongs to the server that made it; one whose page was not recorded begins anew.
        if (json["cursor"]?.GetValue<string>() is { } cursor && !cursor.Contains('T', StringComparison.Ordinal))
        {
            json.Remove("cursor");
            if (cursors.TryGetValue(cursor, out var ours))
                json["cursor"] = ours;
        }
        var request = Parser.Parse(json.ToJsonString(), method.InputType);
        byte[]? answer = null;
        var bytes = Marshallers.Create<byte[]>(static bytes => bytes, static bytes => bytes);
        try
        {
            using var unary = server
                .Channel.CreateCallInvoker()
                .AsyncUnaryCall(
                    new Method<byte[], byte[]>(MethodType.Unary, method.Service.FullName, method.Name, bytes, bytes),
                    null,
                    new CallOptions(cancellationToken: Given.Cancellation),
                    request.ToByteArray()
                );
            answer = await unary.ResponseAsync;
        }
        catch (RpcException e)
        {
            return (e.StatusCode, null);
        }
        return (StatusCode.OK, JsonNode.Parse(Formatter.Format(method.OutputType.Parser.ParseFrom(answer)))!.AsObject());
    }

    static void Compare(string method, JsonObject recorded, JsonObject ours, Dictionary<string, string> cursors)
    {
        if (recorded["next_cursor"]?.GetValue<string>() is { } cursor && ours["next_cursor"]?.GetValue<string>() is { } mapped)
            cursors[cursor] = mapped;
        switch (method)
        {
            case "ListThreads":
                // On a page that is not the whole list the recorded server put threads of the same second in an order of its own.
                Assert.Equal(Ids(recorded).Count(), Ids(ours).Count());
                if (recorded["next_cursor"] is null)
                    Assert.Equal(Ids(recorded).Order(), Ids(ours).Order());
                break;
            case "LoadHistory":
                CompareHistory(recorded, ours);
                break;
            default:
                var (expected, actual) = (recorded["thread"]!.AsObject(), ours["thread"]!.AsObject());
                foreach (
                    var member in (string[])
                        [
                            "thread_id",
                            "name",
                            "preview",
                            "cwd",
                            "forked_from_id",
                            "model_provider",
                            "model",
                            "git_info",
                            "first_user_message",
                        ]
                )
                    Assert.True(
                        JsonNode.DeepEquals(NullIfEmpty(expected[member]), NullIfEmpty(actual[member])),
                        $"{method}: {member} is {actual[member]} and not {expected[member]}."
                    );
                Assert.False(string.IsNullOrEmpty(actual["rollout_path"]?.GetValue<string>()));
                if (expected["history"] is JsonObject history)
                    CompareHistory(history, actual["history"]!.AsObject());
                break;
        }
    }

    // The first item, which the server makes, says when the thread was created; the others are those that the client sent.
    static void CompareHistory(JsonObject recorded, JsonObject ours)
    {
        var (expected, actual) = (Items(recorded), Items(ours));

        Assert.Equal("session_meta", actual[0]["type"]!.GetValue<string>());
        // In their order; the recorded server kept a little less than Codex's own store does.
        var next = 1;
        foreach (var item in expected.Skip(1))
        {
            while (next < actual.Count && !JsonNode.DeepEquals(item, actual[next]))
                next++;
            Assert.True(next++ < actual.Count, $"{item.ToJsonString()} is missing.");
        }
        Assert.InRange(actual.Count - expected.Count, 0, 2);
    }

    static List<JsonNode> Items(JsonObject history) =>
        [.. (history["items_json"] as JsonArray ?? []).Select(item => JsonNode.Parse(item!.GetValue<string>())!)];

    static IEnumerable<string> Ids(JsonObject page) =>
        (page["threads"] as JsonArray ?? []).Select(thread => thread!["thread_id"]!.GetValue<string>());

    static JsonNode? NullIfEmpty(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length == 0 ? null : node;

    static Dictionary<string, List<JsonObject>> Load()
    {
        var transcripts = new Dictionary<string, List<JsonObject>>();
        List<JsonObject> current = [];
        using var text = new StreamReader(
            new GZipStream(File.OpenRead(Path.Join(AppContext.BaseDirectory, "codex-remote-calls.jsonl.gz")), CompressionMode.Decompress)
        );
        while (text.ReadLine() is { } line)
        {
            var call = JsonNode.Parse(line)!.AsObject();
            if (call["transcript"]?.GetValue<string>() is { } name)
                transcripts.Add(name, current = []);
            else
                current.Add(call);
        }
        return transcripts;
    }
}
