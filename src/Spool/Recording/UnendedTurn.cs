using System.Text.Json;

namespace Spool;

/// <summary>A turn at the end of a log that was not ended, as the death of its program leaves it.</summary>
sealed class UnendedTurn
{
    const string McpPrefix = "mcp__",
        McpSeparator = "__";

    readonly string _id;
    readonly DateTimeOffset? _startedAt;
    readonly IReadOnlyList<CallEntry> _calls;

    UnendedTurn(string id, DateTimeOffset? startedAt, IReadOnlyList<CallEntry> calls)
    {
        _id = id;
        _startedAt = startedAt;
        _calls = calls;
    }

    /// <summary>Finds it, from the end of the log back to where the last turn begins.</summary>
    /// <returns>The turn, or null when the last one has ended or was never begun by name.</returns>
    public static async ValueTask<UnendedTurn?> FindAsync(IThreadStore store, ThreadId threadId, CancellationToken cancellationToken)
    {
        var search = new Search();
        await foreach (
            var item in store
                .EnumerateAsync(new ListItemsRequest(threadId) { Direction = SortDirection.Descending }, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            if (item.Kind != RolloutItemKind.Unreadable)
                search.Take(item);
            else
            {
                foreach (var record in item.Recovered.Reverse())
                    search.Take(record.Item);
            }
            if (search.IsDone)
                break;
        }
        return search.Found;
    }

    /// <summary>Makes what ends it: an output for each call that has none, and its end.</summary>
    public List<NewItem> End(LiveThread thread, DateTimeOffset time)
    {
        var place = new EntryPlace(thread.ThreadId, thread.HistoryMode, _id, time);
        return
        [
            .. _calls.Append<ThreadEntry>(new TurnInterruptedEntry { StartedAt = _startedAt }).SelectMany(entry => entry.ToItems(place)),
        ];
    }

    sealed class Search
    {
        readonly HashSet<string> _answered = [];
        readonly List<CallEntry> _calls = [];

        public bool IsDone { get; private set; }

        public UnendedTurn? Found { get; private set; }

        public void Take(RolloutItem item)
        {
            if (IsDone)
                return;
            if (item.Kind == RolloutItemKind.ResponseItem)
                TakeCall(item);
            else if (item.Kind == RolloutItemKind.Event)
                TakeEvent(item);
        }

        void TakeEvent(RolloutItem item)
        {
            if (item.IsPayload("task_started"u8) || item.IsPayload("turn_started"u8))
            {
                IsDone = true;
                if (Parse(item) is { } payload && payload.Text("turn_id") is { Length: > 0 } id)
                {
                    _calls.Reverse();
                    Found = new UnendedTurn(id, StartOf(payload) ?? item.Timestamp, _calls);
                }
            }
            else if (
                item.IsPayload("task_complete"u8)
                || item.IsPayload("turn_complete"u8)
                || item.IsPayload("turn_aborted"u8)
                || item.IsPayload("thread_rolled_back"u8)
            )
                IsDone = true;
        }

        static DateTimeOffset? StartOf(JsonElement payload) =>
            payload.Number("started_at") is { } seconds and > 0 and < 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

        void TakeCall(RolloutItem item)
        {
            var isOutput = item.PayloadTypeBytes.EndsWith("_call_output"u8);
            if (!isOutput && !item.IsPayload("function_call"u8) && !item.IsPayload("custom_tool_call"u8))
                return;
            if (Parse(item) is not { } payload || payload.Text("call_id") is not { Length: > 0 } id)
                return;
            if (isOutput)
                _answered.Add(id);
            else if (_answered.Add(id))
                _calls.Add(
                    CallOf(payload, item.IsPayload("custom_tool_call"u8)) with
                    {
                        CallId = id,
                        Output = LiveTurn.BrokenOff,
                        Status = CallStatus.Failed,
                        Records = CallRecords.Output | CallRecords.Shown,
                    }
                );
        }

        static CallEntry CallOf(JsonElement payload, bool isCustom)
        {
            var name = payload.Text("name") ?? "";
            if (isCustom)
                return new ToolCallEntry(name, payload.Text("input") ?? "") { Input = ToolInput.Text };
            var arguments = payload.Text("arguments") ?? "";
            return
                name.StartsWith(McpPrefix, StringComparison.Ordinal)
                && name[McpPrefix.Length..].Split(McpSeparator, 2) is [var server, var tool]
                ? new McpToolCallEntry(server, tool, arguments)
                : new ToolCallEntry(name, arguments) { Namespace = payload.Text("namespace") };
        }

        static JsonElement? Parse(RolloutItem item)
        {
            try
            {
                using var document = JsonDocument.Parse(item.Json, PayloadJson.Options);
                return document.RootElement.Clone();
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
