namespace Spool.Benchmarks;

/// <summary>Writes the lines of one rollout, turn by turn, as Codex records them.</summary>
/// <remarks>A legacy rollout looks like those of release 0.125, a paginated one like those of 0.169.</remarks>
sealed class RolloutText
{
    const int LongestOutput = 600;
    const int LongestOutputInBig = 8000;

    readonly HomeShape _shape;
    readonly int _number;
    readonly bool _isLong;
    readonly Utf8Text _text;
    SeededRandom _random;
    long _ms;
    long _tokens;
    long _calls;

    /// <summary>Begins a rollout.</summary>
    /// <param name="shape">The home.</param>
    /// <param name="number">The number of the thread.</param>
    /// <param name="createdMs">When it is created.</param>
    /// <param name="isLong">Whether it is the big one, in which an agent works long on each question.</param>
    /// <param name="text">Where the lines go.</param>
    public RolloutText(HomeShape shape, int number, long createdMs, bool isLong, Utf8Text text)
    {
        (_shape, _number, _isLong, _text) = (shape, number, isLong, text);
        _random = SeededRandom.Of(shape.Seed, number);
        _ms = createdMs + _random.Below(1000);
        CreatedMs = _ms;
        Id = _random.Id(_ms);
    }

    public Guid Id { get; }

    public long CreatedMs { get; }

    /// <summary>Gets the time of the last line.</summary>
    public long LastMs => _ms;

    public long Items { get; private set; }

    public int Turns { get; private set; }

    bool IsPaginated => _shape.HistoryMode == HistoryModes.Paginated;

    /// <summary>Writes the first line.</summary>
    public void WriteMeta()
    {
        Begin("session_meta"u8).Add("{"u8);
        if (IsPaginated)
            _text.Add("\"session_id\":\""u8).Add(Id).Add("\","u8);
        _text.Add("\"id\":\""u8).Add(Id).Add("\",\"timestamp\":\""u8).AddTime(CreatedMs).Add("\",\"cwd\":\""u8);
        Cwd()
            .Add("\",\"originator\":\"generator\",\"cli_version\":\""u8)
            .Add(IsPaginated ? "0.169.0"u8 : "0.125.0"u8)
            .Add("\",\"source\":\""u8)
            .Add(_number % 4 == 1 ? "cli"u8 : "vscode"u8)
            .Add("\",\"model_provider\":\"mock\",\"base_instructions\":{\"text\":\""u8)
            .Add(TextPool.Sentence(ref _random, 1000))
            .Add("\"}"u8);
        if (IsPaginated)
            _text.Add(",\"history_mode\":\"paginated\""u8);
        if (_number % 3 == 0)
        {
            _text
                .Add(",\"git\":{\"commit_hash\":\"0123456789abcdef0123456789abcdef01234567\",\"branch\":\"branch-"u8)
                .Add(_number % 7)
                .Add("\",\"repository_url\":\"https://example.invalid/repository.git\"}"u8);
        }
        _text.Add("}"u8);
        End();
    }

    /// <summary>Writes a whole turn: a question, perhaps a tool call and a thought, and an answer.</summary>
    public void WriteTurn()
    {
        Turns++;
        var turn = _random.Id(_ms);
        var started = _ms / 1000;
        Begin("event_msg"u8).Add("{\"type\":\"task_started\",\"turn_id\":\""u8).Add(turn).Add("\","u8);
        if (IsPaginated)
            _text.Add("\"root_turn_id\":\""u8).Add(turn).Add("\","u8);
        _text.Add("\"started_at\":"u8).Add(started).Add(",\"model_context_window\":258400,\"collaboration_mode_kind\":\"default\"}"u8);
        End();
        if (Turns == 1)
            WriteEnvironment();
        Begin("turn_context"u8).Add("{\"turn_id\":\""u8).Add(turn).Add("\",\"cwd\":\""u8);
        Cwd()
            .Add(
                "\",\"current_date\":\"2026-01-01\",\"timezone\":\"Etc/UTC\",\"approval_policy\":\"never\",\"sandbox_policy\":{\"type\":\"danger-full-access\"},\"model\":\"mock-model\",\"personality\":\"pragmatic\",\"summary\":\"auto\"}"u8
            );
        End();
        WriteQuestion(turn);
        for (var calls = _isLong ? _random.Below(12) : _random.Below(100) / 60; calls > 0; calls--)
            WriteToolCall(turn);
        if (_random.Below(100) < 30)
            WriteThought(turn);
        WriteAnswer(turn, started);
    }

    void WriteEnvironment()
    {
        Begin("response_item"u8)
            .Add(
                "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"<environment_context>\\n  <cwd>"u8
            );
        Cwd().Add("</cwd>\\n  <shell>bash</shell>\\n</environment_context>\"}]}"u8);
        End();
    }

    void WriteQuestion(Guid turn)
    {
        var question = TextPool.Sentence(ref _random, 30 + _random.Below(220));
        Begin("response_item"u8).Add("{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\""u8);
        Question(question).Add("\"}]}"u8);
        End();
        if (IsPaginated)
        {
            BeginItem(turn)
                .Add("{\"type\":\"UserMessage\",\"id\":\""u8)
                .Add(_random.Id(_ms))
                .Add("\",\"content\":[{\"type\":\"text\",\"text\":\""u8);
            Question(question).Add("\",\"text_elements\":[]}]}"u8);
            EndItem();
            return;
        }
        Begin("event_msg"u8).Add("{\"type\":\"user_message\",\"message\":\""u8);
        Question(question).Add("\",\"images\":[],\"local_images\":[],\"text_elements\":[]}"u8);
        End();
    }

    Utf8Text Question(ReadOnlySpan<byte> words) => _text.Add("thread "u8).Add(_number).Add(" turn "u8).Add(Turns).Add(": "u8).Add(words);

    void WriteToolCall(Guid turn)
    {
        // Few outputs are long, as in real life.
        var longest = _isLong ? LongestOutputInBig : LongestOutput;
        var length = 40 + _random.Below(_random.Below(4) == 0 ? longest : longest / 8);
        _calls++;
        var output = TextPool.Lines(ref _random, length);
        Begin("response_item"u8)
            .Add("{\"type\":\"function_call\",\"name\":\"exec_command\",\"arguments\":\"{\\\"cmd\\\":\\\"echo "u8)
            .Add(TextPool.Sentence(ref _random, 24))
            .Add("\\\"}\",\"call_id\":\""u8);
        CallId().Add("\"}"u8);
        End();
        Begin("response_item"u8).Add("{\"type\":\"function_call_output\",\"call_id\":\""u8);
        CallId().Add("\",\"output\":\"Process exited with code 0\\nOutput:\\n"u8).Add(output).Add("\"}"u8);
        End();
        if (!IsPaginated)
            return;
        BeginItem(turn).Add("{\"type\":\"CommandExecution\",\"id\":\""u8);
        CallId().Add("\",\"process_id\":\"1\",\"command\":[\"/bin/bash\",\"-lc\",\"echo\"],\"cwd\":\""u8);
        Cwd()
            .Add(
                "\",\"parsed_cmd\":[{\"type\":\"unknown\",\"cmd\":\"echo\"}],\"source\":\"unified_exec_startup\",\"status\":\"completed\",\"aggregated_output\":\""u8
            )
            .Add(output)
            .Add("\",\"exit_code\":0,\"duration\":{\"secs\":0,\"nanos\":1000}}"u8);
        EndItem();
    }

    void WriteThought(Guid turn)
    {
        var thought = TextPool.Sentence(ref _random, 80);
        if (IsPaginated)
        {
            BeginItem(turn)
                .Add("{\"type\":\"Reasoning\",\"id\":\"rs_"u8)
                .Add(_number)
                .Add("_"u8)
                .Add(Turns)
                .Add("\",\"summary_text\":[\""u8)
                .Add(thought)
                .Add("\"],\"raw_content\":[]}"u8);
            EndItem();
        }
        else
        {
            Begin("event_msg"u8).Add("{\"type\":\"agent_reasoning\",\"text\":\""u8).Add(thought).Add("\"}"u8);
            End();
        }
        Begin("response_item"u8)
            .Add("{\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\""u8)
            .Add(thought)
            .Add("\"}],\"content\":null,\"encrypted_content\":\"bW9jaw==\"}"u8);
        End();
    }

    void WriteAnswer(Guid turn, long started)
    {
        var answer = TextPool.Sentence(ref _random, 60 + _random.Below(440));
        var sign = Turns % 8 == 0 ? " – naïve ✓"u8 : ""u8;
        if (IsPaginated)
        {
            BeginItem(turn)
                .Add("{\"type\":\"AgentMessage\",\"id\":\"msg_"u8)
                .Add(_number)
                .Add("_"u8)
                .Add(Turns)
                .Add("\",\"content\":[{\"type\":\"Text\",\"text\":\""u8)
                .Add(answer)
                .Add(sign)
                .Add("\"}]}"u8);
            EndItem();
        }
        else
        {
            Begin("event_msg"u8)
                .Add("{\"type\":\"agent_message\",\"message\":\""u8)
                .Add(answer)
                .Add(sign)
                .Add("\",\"phase\":null,\"memory_citation\":null}"u8);
            End();
        }
        Begin("response_item"u8)
            .Add("{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\""u8)
            .Add(answer)
            .Add(sign)
            .Add("\"}]}"u8);
        End();
        _tokens += 1000 + answer.Length / 4;
        Begin("event_msg"u8).Add("{\"type\":\"token_count\",\"info\":{\"total_token_usage\":"u8);
        Usage(_tokens).Add(",\"last_token_usage\":"u8);
        Usage(1000 + answer.Length / 4).Add(",\"model_context_window\":258400},\"rate_limits\":null}"u8);
        End();
        Begin("event_msg"u8).Add("{\"type\":\"task_complete\","u8);
        if (IsPaginated)
            _text.Add("\"root_turn_id\":\""u8).Add(turn).Add("\",\"started_at\":"u8).Add(started).Add(","u8);
        _text
            .Add("\"turn_id\":\""u8)
            .Add(turn)
            .Add("\",\"last_agent_message\":\""u8)
            .Add(answer)
            .Add(sign)
            .Add("\",\"completed_at\":"u8)
            .Add(_ms / 1000)
            .Add(",\"duration_ms\":50}"u8);
        End();
    }

    Utf8Text Usage(long total) =>
        _text
            .Add("{\"input_tokens\":"u8)
            .Add(total)
            .Add(",\"cached_input_tokens\":0,\"output_tokens\":50,\"reasoning_output_tokens\":0,\"total_tokens\":"u8)
            .Add(total + 50)
            .Add("}"u8);

    Utf8Text Cwd() => _text.Add("/home/dev/project-"u8).Add(_number % Math.Max(1, _shape.Cwds));

    Utf8Text CallId() => _text.Add("call_"u8).Add(_number).Add("_"u8).Add(_calls);

    Utf8Text BeginItem(Guid turn) =>
        Begin("event_msg"u8)
            .Add("{\"type\":\"item_completed\",\"thread_id\":\""u8)
            .Add(Id)
            .Add("\",\"turn_id\":\""u8)
            .Add(turn)
            .Add("\",\"item\":"u8);

    void EndItem()
    {
        _text.Add(",\"started_at_ms\":"u8).Add(_ms - 5).Add(",\"completed_at_ms\":"u8).Add(_ms).Add("}"u8);
        End();
    }

    Utf8Text Begin(ReadOnlySpan<byte> type)
    {
        _ms += 7;
        _text.Add("{\"timestamp\":\""u8).AddTime(_ms).Add("\",\""u8);
        if (IsPaginated)
            _text.Add("ordinal\":"u8).Add(Items).Add(",\""u8);
        return _text.Add("type\":\""u8).Add(type).Add("\",\"payload\":"u8);
    }

    void End()
    {
        _text.Add("}\n"u8);
        Items++;
    }
}
