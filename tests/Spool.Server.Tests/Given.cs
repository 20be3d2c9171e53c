using Google.Protobuf;
using Grpc.Core;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Requests and items for tests.</summary>
static class Given
{
    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static string NewId() => ThreadId.New(TimeProvider.System).ToString();

    public static Codex.CreateThreadRequest Announcement(string thread) =>
        new()
        {
            ThreadId = thread,
            Source = new Codex.SessionSource { Kind = Codex.SessionSourceKind.Vscode },
            BaseInstructionsJson = """{"text":"Be brief."}""",
            MetadataJson = """{"cwd":"/w","model_provider":"mock","memory_mode":"enabled"}""",
        };

    public static string UserMessage(string text) =>
        $$$"""{"type":"event_msg","payload":{"type":"user_message","message":"{{{text}}}","images":[]}}""";

    public static string Delta(string text) => $$$"""{"type":"event_msg","payload":{"type":"agent_message_delta","delta":"{{{text}}}"}}""";

    public static Codex.AppendThreadItemsRequest Items(string thread, params string[] items) =>
        new() { ThreadId = thread, ItemsJson = { items } };

    public static Codex.ThreadIdRequest Thread(string thread) => new() { ThreadId = thread };

    public static SessionMeta Meta(ThreadId threadId) =>
        new(threadId, DateTimeOffset.UnixEpoch.AddYears(56))
        {
            Cwd = "/w",
            Originator = "tests",
            CliVersion = "1.0.0",
            ModelProvider = "mock",
        };

    public static Wire.OpenWriterRequest Create(string thread, Guid lease, WriterOwner? owner = null)
    {
        var id = ThreadId.Parse(thread);
        return WireWrites.ToWire(new CreateRequest(id, Meta(id).ToItem()), lease, owner);
    }

    public static Wire.OpenWriterRequest Resume(string thread, Guid lease) =>
        WireWrites.ToWire(new ResumeRequest(ThreadId.Parse(thread)), lease, owner: null);

    public static Wire.WriterRequest Writer(string thread, Guid lease) => new() { ThreadId = thread, LeaseId = lease.ToString() };

    public static Wire.AppendRequest Append(string thread, Guid lease, params string[] messages)
    {
        var request = new Wire.AppendRequest { ThreadId = thread, LeaseId = lease.ToString() };
        foreach (var message in messages)
            request.Items.Add(
                new Wire.NewItem
                {
                    Type = "event_msg",
                    Payload = ByteString.CopyFromUtf8($$"""{"type":"user_message","message":"{{message}}"}"""),
                }
            );
        return request;
    }

    /// <summary>Gives the status that a call ends with.</summary>
    public static async Task<RpcException> RefusalOf<T>(AsyncUnaryCall<T> call) =>
        await Assert.ThrowsAsync<RpcException>(async () => await call);

    /// <summary>Reads a thread's history as its clients of Spool's contract do.</summary>
    public static async Task<List<RolloutItem>> HistoryAsync(this Wire.ThreadStore.ThreadStoreClient client, string thread)
    {
        var items = new List<RolloutItem>();
        using var call = client.ReadHistory(new Wire.ReadHistoryRequest { ThreadId = thread }, cancellationToken: Cancellation);
        await foreach (var batch in call.ResponseStream.ReadAllAsync(Cancellation))
            items.AddRange(batch.Items.Select(WireItems.ToStore));
        return items;
    }
}
