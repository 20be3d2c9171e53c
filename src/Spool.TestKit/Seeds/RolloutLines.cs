using System.Text;

namespace Spool.TestKit;

/// <summary>Writes the lines of a rollout as Codex does, one call for each thing that happens in the thread.</summary>
/// <remarks>Each line is a millisecond after the one before; <see cref="Wait"/> lets more time pass.</remarks>
public sealed class RolloutLines
{
    readonly List<ReadOnlyMemory<byte>> _lines = [];
    readonly RolloutHead _head;
    DateTimeOffset _now;
    long _ordinal;
    int _turns;
    SeedEnd _end;

    RolloutLines(RolloutHead head)
    {
        _head = head;
        _now = head.CreatedAt;
        _ordinal = head.Base?.EndOrdinal ?? 0;
    }

    /// <summary>Gets the ordinal of the next line.</summary>
    public long NextOrdinal => _ordinal;

    /// <summary>Gets the length of the lines in bytes, line ends included.</summary>
    public long ByteLength => _lines.Sum(line => line.Length + 1L);

    /// <summary>Gets the lines.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Lines => [.. _lines];

    /// <summary>Starts a rollout as the versions without ordinals write it.</summary>
    /// <param name="id">The thread.</param>
    /// <param name="createdAt">When it is created.</param>
    public static RolloutLines Legacy(ThreadId id, DateTimeOffset createdAt) => From(new RolloutHead(id, createdAt));

    /// <summary>Starts a rollout whose lines carry ordinals.</summary>
    /// <param name="id">The thread.</param>
    /// <param name="createdAt">When it is created.</param>
    public static RolloutLines Paginated(ThreadId id, DateTimeOffset createdAt) =>
        From(new RolloutHead(id, createdAt) { HistoryMode = HistoryModes.Paginated });

    /// <summary>Starts a rollout with a given head.</summary>
    /// <param name="head">What its first line says.</param>
    public static RolloutLines From(RolloutHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        return new RolloutLines(head).Item("session_meta", head.ToPayload());
    }

    /// <summary>Starts a log that has no first line.</summary>
    /// <param name="id">The thread, which nothing in the log names.</param>
    /// <param name="createdAt">When it is created.</param>
    public static RolloutLines Headless(ThreadId id, DateTimeOffset createdAt) => new(new RolloutHead(id, createdAt));

    /// <summary>Starts a fork that refers to the lines written so far instead of copying them.</summary>
    /// <param name="id">The fork.</param>
    /// <param name="createdAt">When it is created.</param>
    public RolloutLines Fork(ThreadId id, DateTimeOffset createdAt)
    {
        var fork = From(
            new RolloutHead(id, createdAt)
            {
                HistoryMode = HistoryModes.Paginated,
                ForkedFrom = _head.Id,
                Base = new HistoryBase(_head.Id, _ordinal, ByteLength),
            }
        );
        fork._turns = _turns; // no two turns of a history have the same id
        return fork;
    }

    /// <summary>Lets time pass.</summary>
    /// <param name="time">How much.</param>
    public RolloutLines Wait(TimeSpan time)
    {
        _now += time;
        return this;
    }

    /// <summary>Adds a whole turn: a question and its answer.</summary>
    /// <param name="question">What the user asks.</param>
    /// <param name="answer">What the agent answers.</param>
    public RolloutLines Turn(string question, string answer = "Done.") =>
        StartTurn().UserMessage(question).AgentMessage(answer).CompleteTurn();

    /// <summary>Begins a turn.</summary>
    public RolloutLines StartTurn()
    {
        _turns++;
        return Event(
                "task_started",
                $"\"turn_id\":\"{TurnId}\",\"started_at\":{_now.ToUnixTimeSeconds()},\"model_context_window\":258400,\"collaboration_mode_kind\":\"default\""
            )
            .Item(
                "turn_context",
                $"{{\"turn_id\":\"{TurnId}\",\"cwd\":{RolloutJson.Text(_head.Cwd)},\"approval_policy\":\"never\",\"sandbox_policy\":{{\"type\":\"danger-full-access\"}},\"model\":\"mock-model\",\"effort\":\"high\",\"summary\":\"auto\"}}"
            );
    }

    /// <summary>Adds what the user says.</summary>
    /// <param name="text">The text.</param>
    public RolloutLines UserMessage(string text)
    {
        var json = RolloutJson.Text(text);
        Item("response_item", $"{{\"type\":\"message\",\"role\":\"user\",\"content\":[{{\"type\":\"input_text\",\"text\":{json}}}]}}");
        return IsPaginated
            ? Completed(
                $"{{\"type\":\"UserMessage\",\"id\":\"user-{_ordinal}\",\"content\":[{{\"type\":\"text\",\"text\":{json},\"text_elements\":[]}}]}}"
            )
            : Event("user_message", $"\"message\":{json},\"images\":[],\"local_images\":[],\"text_elements\":[]");
    }

    /// <summary>Adds what the agent says, and the tokens that it cost.</summary>
    /// <param name="text">The text.</param>
    public RolloutLines AgentMessage(string text)
    {
        var json = RolloutJson.Text(text);
        _ = IsPaginated
            ? Completed($"{{\"type\":\"AgentMessage\",\"id\":\"msg-{_ordinal}\",\"content\":[{{\"type\":\"Text\",\"text\":{json}}}]}}")
            : Event("agent_message", $"\"message\":{json},\"phase\":null,\"memory_citation\":null");
        Item(
            "response_item",
            $"{{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{{\"type\":\"output_text\",\"text\":{json}}}]}}"
        );
        return Event(
            "token_count",
            $"\"info\":{{\"total_token_usage\":{{\"input_tokens\":{100 * _turns},\"output_tokens\":1,\"total_tokens\":{100 * _turns + 1}}},\"model_context_window\":258400}},\"rate_limits\":null"
        );
    }

    /// <summary>Adds a call of a tool as the model gave it.</summary>
    /// <param name="type">What kind of call: <c>function_call</c> and others.</param>
    /// <param name="id">The id that it shares with the record that shows it, or null when it names none.</param>
    public RolloutLines Call(string type, string? id = null) =>
        Item(
            "response_item",
            $"{{\"type\":\"{type}\",\"name\":\"tool\",\"arguments\":\"{{\\\"call_id\\\":7}}\"{(id is null ? "" : $",\"call_id\":{RolloutJson.Text(id)}")}}}"
        );

    /// <summary>Adds the command that a call ran, as the record that turns show.</summary>
    /// <param name="id">The id of the call.</param>
    public RolloutLines ShowCall(string id)
    {
        const string Members =
            "\"command\":[\"ls\"],\"cwd\":\"/w\",\"parsed_cmd\":[],\"aggregated_output\":\"\",\"exit_code\":0,\"status\":\"completed\"";
        return IsPaginated
            ? Completed($"{{\"type\":\"CommandExecution\",\"id\":{RolloutJson.Text(id)},{Members}}}")
            : Event("exec_command_end", $"\"call_id\":{RolloutJson.Text(id)},\"turn_id\":\"{TurnId}\",{Members}");
    }

    /// <summary>Ends the turn.</summary>
    public RolloutLines CompleteTurn() =>
        Event(
            "task_complete",
            $"\"turn_id\":\"{TurnId}\",\"last_agent_message\":null,\"completed_at\":{_now.ToUnixTimeSeconds()},\"duration_ms\":62"
        );

    /// <summary>Adds an event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="members">Its other members as JSON, without braces.</param>
    public RolloutLines Event(string type, string members) => Item("event_msg", $"{{\"type\":\"{type}\",{members}}}");

    /// <summary>Adds an item with its envelope.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="payload">Its payload as JSON.</param>
    public RolloutLines Item(string type, string payload)
    {
        var ordinal = IsPaginated ? $"\"ordinal\":{_ordinal}," : "";
        return Line(
            Encoding.UTF8.GetBytes($"{{\"timestamp\":\"{RolloutJson.Time(_now)}\",{ordinal}\"type\":\"{type}\",\"payload\":{payload}}}")
        );
    }

    /// <summary>Adds a line of any bytes but a line end.</summary>
    /// <param name="line">The line.</param>
    public RolloutLines Line(ReadOnlySpan<byte> line)
    {
        _lines.Add(line.ToArray());
        _now += TimeSpan.FromMilliseconds(1);
        _ordinal++;
        return this;
    }

    /// <summary>Adds a line that cannot be read. It takes no ordinal: the writer tries again with the same one.</summary>
    /// <param name="line">The line.</param>
    public RolloutLines Rubbish(ReadOnlySpan<byte> line)
    {
        _lines.Add(line.ToArray());
        return this;
    }

    /// <summary>Cuts the last line in half, as a crash does.</summary>
    public RolloutLines Torn()
    {
        _lines[^1] = _lines[^1][..(_lines[^1].Length / 2)];
        _end = SeedEnd.Torn;
        return this;
    }

    /// <summary>Makes the seed of the lines written so far.</summary>
    /// <param name="place">Where the thread is.</param>
    /// <param name="name">The name a user gave it, or null.</param>
    public ThreadSeed ToSeed(SeedPlace place = SeedPlace.Active, string? name = null) =>
        new()
        {
            Id = _head.Id,
            CreatedAt = _head.CreatedAt,
            Lines = Lines,
            End = _end,
            Place = place,
            Name = name,
        };

    bool IsPaginated => _head.HistoryMode == HistoryModes.Paginated;

    /// <summary>Gets the id of the turn that was started last.</summary>
    public string TurnId => $"{_turns:x8}-{_head.Id.ToString()[9..]}";

    RolloutLines Completed(string item) =>
        Event(
            "item_completed",
            $"\"thread_id\":\"{_head.Id}\",\"turn_id\":\"{TurnId}\",\"item\":{item},\"completed_at_ms\":{_now.ToUnixTimeMilliseconds()}"
        );
}
