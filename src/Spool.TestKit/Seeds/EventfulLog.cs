using System.Globalization;
using System.Text;

namespace Spool.TestKit;

/// <summary>A log in which anything that clients record happens in any order, made from a seed. Every text in it is unlike any other, so
/// that each can be looked for.</summary>
sealed class EventfulLog
{
    readonly Random _random;
    readonly List<string> _words = [];
    readonly HashSet<string> _later = []; // outputs, and thoughts, which one item may hold
    readonly List<string> _open = []; // calls without an output
    readonly bool _isPaginated;
    bool _isInTurn;
    int _calls;

    EventfulLog(int seed, RolloutLines lines, bool isPaginated) => (_random, Lines, _isPaginated) = (new Random(seed), lines, isPaginated);

    /// <summary>Gets the lines.</summary>
    public RolloutLines Lines { get; }

    /// <summary>Gets the texts, each of which belongs to one thing that happened.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>Gets those of the texts with which something begins, in their order.</summary>
    public IReadOnlyList<string> Beginnings => [.. _words.Where(word => !_later.Contains(word))];

    /// <summary>Makes a log.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="isPaginated">Whether its lines carry ordinals.</param>
    /// <param name="steps">How many things happen.</param>
    public static EventfulLog Make(int seed, bool isPaginated, int steps)
    {
        var number = isPaginated ? 1 : 2;
        var log = new EventfulLog(seed, SampleHome.Log(number, SeedIds.Epoch), isPaginated);
        for (var step = 0; step < steps; step++)
            log.Step();
        return log;
    }

    /// <summary>Gives the first line that holds a text.</summary>
    public string LineWith(string word) =>
        Lines.Lines.Select(line => Encoding.UTF8.GetString(line.Span)).First(line => line.Contains(word, StringComparison.Ordinal));

    void Step()
    {
        switch (_random.Next(22))
        {
            case 0 or 1 or 2:
                if (_isInTurn && _random.Next(3) > 0)
                    Lines.CompleteTurn();
                Lead();
                Lines.StartTurn();
                _isInTurn = true;
                Lines.UserMessage(Word());
                break;
            case 3:
                Lines.AgentMessage(Word());
                break;
            case 4:
                Lines.Item("response_item", Message("assistant", "output_text", Word()));
                break;
            case 5:
                if (_isInTurn)
                    Lines.CompleteTurn();
                _isInTurn = false;
                break;
            case 6:
                Lead();
                break;
            case 7:
                Lines.Item(
                    "response_item",
                    $"{{\"type\":\"reasoning\",\"summary\":[{{\"type\":\"summary_text\",\"text\":\"{Later()}\"}}],\"encrypted_content\":\"AAAA\"}}"
                );
                break;
            case 8 when !_isPaginated && _isInTurn:
                var thought = Later();
                Lines.Event("agent_reasoning", $"\"text\":\"{thought}\"");
                Lines.Item(
                    "response_item",
                    $"{{\"type\":\"reasoning\",\"summary\":[{{\"type\":\"summary_text\",\"text\":\"{thought}\"}}],\"content\":null}}"
                );
                break;
            case 9 when !_isPaginated:
                Lines.Event("thread_rolled_back", "\"num_turns\":1");
                _isInTurn = false;
                break;
            case 10:
                Lines.Item("response_item", $"{{\"type\":\"mystery\",\"text\":\"{Word()}\"}}");
                break;
            case 11:
                Lines.Event("mystery_event", $"\"text\":\"{Word()}\"");
                break;
            case 12:
                Lines.Item("mystery_type", $"{{\"text\":\"{Word()}\"}}");
                break;
            case 13:
                Lines.Event("warning", $"\"message\":\"{Word()}\"");
                break;
            case 14:
                Lines.Item("compacted", $"{{\"message\":\"{Word()}\"}}");
                break;
            case 15 or 16:
                End();
                break;
            default:
                Begin();
                break;
        }
    }

    // What only tells the model something: the turn that comes next is the one that it is for.
    void Lead()
    {
        for (var left = _random.Next(3); left > 0; left--)
        {
            switch (_random.Next(3))
            {
                case 0:
                    Lines.Item("response_item", Message("user", "input_text", $"<environment_context>{Word()}</environment_context>"));
                    break;
                case 1:
                    Lines.Item("response_item", Message("developer", "input_text", Word()));
                    break;
                default:
                    Lines.Item(
                        "turn_context",
                        $"{{\"cwd\":\"/{Word()}\",\"approval_policy\":\"never\",\"sandbox_policy\":{{\"type\":\"read-only\"}},\"model\":\"m\",\"summary\":\"auto\"}}"
                    );
                    break;
            }
        }
    }

    void Begin()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"call_{_calls++}");
        var input = Word();
        Lines.Item(
            "response_item",
            _random.Next(6) switch
            {
                0 => Function(id, "shell", $"{{\\\"command\\\":[\\\"bash\\\",\\\"-lc\\\",\\\"{input}\\\"]}}"),
                1 => Function(id, "update_plan", $"{{\\\"plan\\\":[{{\\\"step\\\":\\\"{input}\\\",\\\"status\\\":\\\"pending\\\"}}]}}"),
                2 => Function(id, "mcp__server__tool", $"{{\\\"a\\\":\\\"{input}\\\"}}"),
                3 =>
                    $"{{\"type\":\"custom_tool_call\",\"call_id\":\"{id}\",\"name\":\"apply_patch\",\"input\":\"*** Begin Patch\\n*** Add File: a\\n+{input}\\n*** End Patch\"}}",
                4 => Function(id, "write_stdin", $"{{\\\"session_id\\\":1,\\\"chars\\\":\\\"{input}\\\"}}"),
                _ => Function(id, "unheard_of", $"{{\\\"a\\\":\\\"{input}\\\"}}"),
            }
        );
        _open.Add(id);
        if (_random.Next(2) == 0)
            End();
    }

    void End()
    {
        if (_open.Count == 0)
            return;
        var index = _random.Next(_open.Count);
        var (id, output) = (_open[index], Later());
        _open.RemoveAt(index);
        Lines.Item(
            "response_item",
            $"{{\"type\":\"function_call_output\",\"call_id\":\"{id}\",\"output\":\"Exit code: 0\\nWall time: 0.5 seconds\\nOutput:\\n{output}\"}}"
        );
    }

    string Later()
    {
        var word = Word();
        _later.Add(word);
        return word;
    }

    string Word()
    {
        var word = string.Create(CultureInfo.InvariantCulture, $"w{_words.Count}w");
        _words.Add(word);
        return word;
    }

    static string Message(string role, string part, string text) =>
        $"{{\"type\":\"message\",\"role\":\"{role}\",\"content\":[{{\"type\":\"{part}\",\"text\":\"{text}\"}}]}}";

    static string Function(string id, string name, string arguments) =>
        $"{{\"type\":\"function_call\",\"call_id\":\"{id}\",\"name\":\"{name}\",\"arguments\":\"{arguments}\"}}";
}
