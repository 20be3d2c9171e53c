using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>Records turns through Spool, as an agent that keeps its threads with Spool would: with the items that Codex itself writes for a
/// turn.</summary>
static class SpoolAgent
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Makes a thread with a turn for each question.</summary>
    public static async Task<ThreadId> CreateAsync(IThreadStore store, CodexHome home, string mode, params string[] questions)
    {
        var threadId = ThreadId.New(TimeProvider.System);
        var meta = new SessionMeta(threadId, TimeProvider.System.GetUtcNow())
        {
            Cwd = home.Work,
            Originator = "spool-tests",
            CliVersion = "0.1.0",
            Source = new SessionSource("\"vscode\""),
            ModelProvider = "mock",
            BaseInstructions = "Answer.",
            HistoryMode = mode,
        };
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, meta.ToItem()), Cancellation);
        foreach (var question in questions)
            await RecordAsync(writer, home, question);
        await writer.ShutDownAsync(Cancellation);
        return threadId;
    }

    /// <summary>Resumes a thread and records a turn for each question.</summary>
    public static async Task ContinueAsync(IThreadStore store, CodexHome home, ThreadId threadId, params string[] questions)
    {
        await using var writer = await store.ResumeAsync(new ResumeRequest(threadId), Cancellation);
        foreach (var question in questions)
            await RecordAsync(writer, home, question);
        await writer.ShutDownAsync(Cancellation);
    }

    /// <summary>Records one turn: the question, and <c>Spool answers: </c> and the question.</summary>
    public static async Task RecordAsync(IThreadWriter writer, CodexHome home, string question)
    {
        foreach (var item in TurnOf(writer, home, question, $"Spool answers: {question}"))
            await writer.AppendAsync(new AppendRequest([item]), Cancellation);
    }

    static IEnumerable<NewItem> TurnOf(IThreadWriter writer, CodexHome home, string question, string answer)
    {
        var turn = Guid.CreateVersion7().ToString();
        var seconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        yield return Event(
            "task_started",
            new()
            {
                ["turn_id"] = turn,
                ["root_turn_id"] = turn,
                ["started_at"] = seconds,
                ["model_context_window"] = 258400,
                ["collaboration_mode_kind"] = "default",
            }
        );
        yield return Item(
            "turn_context",
            new()
            {
                ["turn_id"] = turn,
                ["cwd"] = home.Work,
                ["approval_policy"] = "never",
                ["sandbox_policy"] = new JsonObject { ["type"] = "danger-full-access" },
                ["model"] = "mock-model",
                ["summary"] = "auto",
            }
        );
        yield return Message("user", "input_text", question);
        yield return writer.HistoryMode == HistoryModes.Paginated
            ? Completed(
                writer.ThreadId,
                turn,
                new()
                {
                    ["type"] = "UserMessage",
                    ["id"] = NewId(),
                    ["content"] = new JsonArray(
                        new JsonObject
                        {
                            ["type"] = "text",
                            ["text"] = question,
                            ["text_elements"] = new JsonArray(),
                        }
                    ),
                }
            )
            : Event(
                "user_message",
                new()
                {
                    ["message"] = question,
                    ["images"] = new JsonArray(),
                    ["local_images"] = new JsonArray(),
                    ["text_elements"] = new JsonArray(),
                }
            );
        yield return writer.HistoryMode == HistoryModes.Paginated
            ? Completed(
                writer.ThreadId,
                turn,
                new()
                {
                    ["type"] = "AgentMessage",
                    ["id"] = NewId(),
                    ["content"] = new JsonArray(new JsonObject { ["type"] = "Text", ["text"] = answer }),
                }
            )
            : Event(
                "agent_message",
                new()
                {
                    ["message"] = answer,
                    ["phase"] = null,
                    ["memory_citation"] = null,
                }
            );
        yield return Message("assistant", "output_text", answer);
        yield return Event("token_count", new() { ["info"] = Tokens(), ["rate_limits"] = null });
        yield return Event(
            "task_complete",
            new()
            {
                ["turn_id"] = turn,
                ["last_agent_message"] = answer,
                ["started_at"] = seconds,
                ["completed_at"] = seconds + 1,
                ["duration_ms"] = 1000,
            }
        );
    }

    static NewItem Completed(ThreadId threadId, string turn, JsonObject item)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        return Event(
            "item_completed",
            new()
            {
                ["thread_id"] = threadId.ToString(),
                ["turn_id"] = turn,
                ["item"] = item,
                ["started_at_ms"] = now,
                ["completed_at_ms"] = now,
            }
        );
    }

    static NewItem Message(string role, string type, string text) =>
        Item(
            "response_item",
            new()
            {
                ["type"] = "message",
                ["role"] = role,
                ["content"] = new JsonArray(new JsonObject { ["type"] = type, ["text"] = text }),
            }
        );

    static JsonObject Tokens() =>
        new()
        {
            ["total_token_usage"] = Usage(),
            ["last_token_usage"] = Usage(),
            ["model_context_window"] = 258400,
        };

    static JsonObject Usage() =>
        new()
        {
            ["input_tokens"] = 100,
            ["cached_input_tokens"] = 0,
            ["output_tokens"] = 10,
            ["reasoning_output_tokens"] = 0,
            ["total_tokens"] = 110,
        };

    static NewItem Event(string type, JsonObject members)
    {
        members.Insert(0, "type", type);
        return Item("event_msg", members);
    }

    static NewItem Item(string type, JsonObject payload) => NewItem.FromJson(type, payload.ToJsonString());

    static string NewId() => Guid.CreateVersion7().ToString();
}
