using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>The requests about lists and threads that only the tests of the remote store make.</summary>
static class RemoteCalls
{
    /// <summary>Asks for a thread without its turns.</summary>
    public static async Task<JsonNode> SummaryAsync(this CodexAppServer codex, ThreadId threadId) =>
        (await codex.OnAsync("thread/read", threadId))["thread"]!;

    /// <summary>Lists threads, page after page.</summary>
    public static async Task<IReadOnlyList<JsonNode>> PagesAsync(this CodexAppServer codex, JsonObject? query = null)
    {
        var threads = new List<JsonNode>();
        var request = query?.DeepClone().AsObject() ?? [];
        request.TryAdd("limit", 100);
        while (true)
        {
            var page = await codex.RequestAsync("thread/list", request.DeepClone().AsObject());
            threads.AddRange(page["data"]!.AsArray().Select(thread => thread!));
            if ((string?)page["nextCursor"] is not { } cursor)
                return threads;
            Assert.True(threads.Count < 1000, "The pages do not end.");
            request["cursor"] = cursor;
        }
    }

    /// <summary>Lists the ids of threads, page after page.</summary>
    public static async Task<IReadOnlyList<string>> IdsAsync(this CodexAppServer codex, JsonObject? query = null) =>
        [.. (await codex.PagesAsync(query)).Select(thread => (string)thread["id"]!)];

    /// <summary>Forks a thread and gives the fork.</summary>
    public static async Task<JsonNode> ForkAsync(this CodexAppServer codex, ThreadId threadId) =>
        (await codex.OnAsync("thread/fork", threadId))["thread"]!;

    /// <summary>Changes what is known of a thread's repository, and gives what is then known.</summary>
    public static async Task<JsonNode> ChangeRepositoryAsync(this CodexAppServer codex, ThreadId threadId, JsonObject changes) =>
        (await codex.RequestAsync("thread/metadata/update", new() { ["threadId"] = threadId.ToString(), ["gitInfo"] = changes }))[
            "thread"
        ]!["gitInfo"]!;

    /// <summary>Resumes a thread. The client of a remote store loads it, finds that it has no file, and says so; asked once more it gives
    /// the thread.</summary>
    public static async Task<JsonNode> ResumeRemoteAsync(this CodexAppServer codex, ThreadId threadId)
    {
        try
        {
            return await codex.ResumeAsync(threadId);
        }
        catch (CodexError e) when (e.Reason.Contains("rollout path missing", StringComparison.Ordinal))
        {
            return await codex.ResumeAsync(threadId);
        }
    }

    /// <summary>Gives the id of a thread.</summary>
    public static ThreadId IdOf(JsonNode thread) => ThreadId.Parse(((string?)thread["id"])!);
}
