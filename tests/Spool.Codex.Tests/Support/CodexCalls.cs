using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>The requests to Codex that the tests make often.</summary>
static class CodexCalls
{
    /// <summary>Starts a thread.</summary>
    /// <param name="codex">The Codex.</param>
    /// <param name="historyMode">The history mode, or null for the one of the release.</param>
    public static async Task<ThreadId> StartThreadAsync(this CodexAppServer codex, string? historyMode = null)
    {
        var parameters = new JsonObject();
        if (historyMode is not null && CodexRelease.IsPaginating(codex.Release))
            parameters["historyMode"] = historyMode;
        return ThreadId.Parse(((string?)(await codex.RequestAsync("thread/start", parameters))["thread"]!["id"])!);
    }

    /// <summary>Resumes a thread and gives it.</summary>
    public static async Task<JsonNode> ResumeAsync(this CodexAppServer codex, ThreadId threadId) =>
        (await codex.OnAsync("thread/resume", threadId))["thread"]!;

    /// <summary>Reads a thread with its turns.</summary>
    public static async Task<JsonNode> ReadAsync(this CodexAppServer codex, ThreadId threadId) =>
        (await codex.RequestAsync("thread/read", new() { ["threadId"] = threadId.ToString(), ["includeTurns"] = true }))["thread"]!;

    /// <summary>Lists all threads of one side of the archive.</summary>
    public static async Task<IReadOnlyList<JsonNode>> ListAsync(this CodexAppServer codex, bool archived = false) => [.. (
                await codex.RequestAsync(
                    "thread/list",
                    new()
                    {
                        ["limit"] = 100,
                        ["archived"] = archived,
                        ["modelProviders"] = new JsonArray(),
                    }
                )
            )["data"]!.AsArray().Select(thread => thread!)];

    /// <summary>Lists the ids of all threads of one side of the archive. Since 0.169 a thread that was taken back is listed once for each
    /// of its rollouts; here it is once.</summary>
    public static async Task<IReadOnlyList<string>> ListIdsAsync(this CodexAppServer codex, bool archived = false) =>
        [.. (await codex.ListAsync(archived)).Select(thread => (string)thread["id"]!).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Names a thread, and waits until the name is stored.</summary>
    /// <remarks>For a thread that is loaded Codex answers when it has understood, and reports the name when it has stored it.</remarks>
    public static async Task NameAsync(this CodexAppServer codex, ThreadId threadId, string name)
    {
        var seen = codex.NoteCount;
        await codex.RequestAsync("thread/name/set", new() { ["threadId"] = threadId.ToString(), ["name"] = name });
        await codex.NoteAsync(seen, "thread/name/updated", note => (string?)note["threadId"] == threadId.ToString());
    }

    /// <summary>Takes back the last turn of a thread, as the releases before 0.169 do it.</summary>
    /// <remarks>Codex reports the end of a turn a moment before it holds it to be over, and reports nothing at that moment; only this
    /// request tells.</remarks>
    public static async Task<JsonNode> RollBackAsync(this CodexAppServer codex, ThreadId threadId)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                return await codex.RequestAsync("thread/rollback", new() { ["threadId"] = threadId.ToString(), ["numTurns"] = 1 });
            }
            catch (CodexError e) when (e.Reason == "Cannot rollback while a turn is in progress." && !patience.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
            }
        }
    }

    /// <summary>Sends a request about a thread.</summary>
    public static Task<JsonNode> OnAsync(this CodexAppServer codex, string method, ThreadId threadId) =>
        codex.RequestAsync(method, new() { ["threadId"] = threadId.ToString() });
}
