using System.Text.Json;

namespace Spool;

/// <summary>A command that was run.</summary>
/// <param name="Words">The program and its arguments; one at least.</param>
/// <param name="Cwd">The folder in which it ran, as a full path.</param>
/// <remarks>
/// The model's call has the name <c>shell</c>. Codex since 0.131 stores no commands in legacy threads, and since 0.169 it shows none there,
/// its own included; Spool shows them in both modes. A
/// command that a newer Codex has to show in a legacy thread is recorded as a <see cref="ToolCallEntry"/>.
/// </remarks>
public sealed record CommandEntry(IReadOnlyList<string> Words, string Cwd) : CallEntry
{
    /// <summary>Gets how the program ended, or null where that is not known. Anything but 0 is a failure, whatever
    /// <see cref="CallEntry.Status"/> says.</summary>
    public int? ExitCode { get; init; }

    string Outcome => ExitCode is null or 0 ? StatusName : "failed";

    private protected override void Check()
    {
        base.Check();
        EntryChecks.Check(Words);
        ArgumentNullException.ThrowIfNull(Cwd);
    }

    private protected override void WriteCall(EntryItems items, string id)
    {
        var call = new EntryItems(items.Place);
        call.Item(
            "call",
            null,
            json =>
            {
                WriteWords(json);
                json.WriteString("workdir"u8, Cwd);
            }
        );
        WriteFunctionCall(items, id, "shell", System.Text.Encoding.UTF8.GetString(call.All[0].Payload.Span));
    }

    private protected override void WriteShown(EntryItems items, string id)
    {
        if (items.IsPaginated)
        {
            items.Completed(
                "CommandExecution",
                id,
                Duration,
                json =>
                {
                    WriteWords(json);
                    json.WriteString("cwd"u8, AddressOf(Cwd));
                    WriteActions(json);
                    json.WriteString("status"u8, Outcome);
                    json.WriteString("aggregated_output"u8, Output);
                    if (ExitCode is { } code)
                        json.WriteNumber("exit_code"u8, code);
                    EntryItems.WriteDuration(json, Duration);
                }
            );
            return;
        }
        items.Event(
            "exec_command_end",
            json =>
            {
                json.WriteString("call_id"u8, id);
                json.WriteString("turn_id"u8, items.Place.TurnId);
                WriteWords(json);
                json.WriteString("cwd"u8, Cwd);
                WriteActions(json);
                json.WriteString("stdout"u8, ""u8);
                json.WriteString("stderr"u8, ""u8);
                json.WriteString("aggregated_output"u8, Output);
                json.WriteNumber("exit_code"u8, ExitCode ?? (Status == CallStatus.Completed ? 0 : -1));
                EntryItems.WriteDuration(json, Duration);
                json.WriteString("formatted_output"u8, ""u8);
                json.WriteString("status"u8, Outcome);
            }
        );
    }

    void WriteWords(Utf8JsonWriter json)
    {
        json.WriteStartArray("command"u8);
        foreach (var word in Words)
            json.WriteStringValue(word);
        json.WriteEndArray();
    }

    // What the command is for is not looked into.
    void WriteActions(Utf8JsonWriter json)
    {
        json.WriteStartArray("parsed_cmd"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "unknown"u8);
        json.WriteString("cmd"u8, CommandLine.Join(Words));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("source"u8, "agent"u8);
    }

    static string AddressOf(string path)
    {
        var isOfDrive = path.Length > 1 && path[1] == ':';
        var names = (isOfDrive ? "/" + path.Replace('\\', '/') : path).Split('/');
        return "file://" + string.Join('/', names.Select((name, index) => isOfDrive && index == 1 ? name : Uri.EscapeDataString(name)));
    }
}
