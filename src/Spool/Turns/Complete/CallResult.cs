using System.Globalization;
using System.Text.Json;

namespace Spool;

/// <summary>What a call gave back to the model, in any of the forms that clients recorded.</summary>
/// <param name="Text">The output, without the lines about it that a client put in front.</param>
/// <param name="Images">The addresses of the images in it.</param>
/// <param name="ExitCode">The exit code, or null.</param>
/// <param name="DurationMs">The time it took in milliseconds, or null.</param>
/// <param name="Session">The session of a command that goes on, or null.</param>
/// <param name="HasFailed">Whether it failed.</param>
sealed record CallResult(string Text, IReadOnlyList<string> Images, long? ExitCode, long? DurationMs, string? Session, bool HasFailed)
{
    /// <summary>Reads the output of a call.</summary>
    /// <param name="output">The output.</param>
    /// <param name="call">The type of the item that the call is, or null when the call is not known.</param>
    /// <remarks>What a client says about the output in front of it is read once, and only where clients say it of such calls: a program may
    /// print the same words, and a tool may give JSON that looks like a client's.</remarks>
    public static CallResult Read(JsonElement output, string? call)
    {
        var isPatch = call == "fileChange";
        var isCommand = isPatch || call is "commandExecution" or "commandInput";
        var result = Plain(output);
        if (isCommand && CommandJson(result) is { } ofCommand)
            return ofCommand;
        if (Headers(result, isCommand) is not { } peeled)
            return result;
        // Newer clients say how long any tool took, around what the tool of patches says itself.
        if (isPatch && peeled is { ExitCode: null, Session: null })
            peeled = CommandJson(peeled) ?? Headers(peeled, isCommand) ?? peeled;
        return peeled with { HasFailed = peeled.HasFailed || peeled.ExitCode is not (null or 0) };
    }

    /// <summary>Gives a text without what a client says in front of what a command or a patch gave.</summary>
    public static string WithoutHeader(string text)
    {
        var plain = new CallResult(text, [], null, null, null, false);
        return (CommandJson(plain) ?? Headers(plain, isCommand: true))?.Text ?? text;
    }

    static CallResult Plain(JsonElement output)
    {
        if (output.ValueKind != JsonValueKind.Array)
        {
            return output.AsText() is { } given
                ? new CallResult(given, [], null, null, null, false)
                : new CallResult(TextOf(output), [], null, null, null, output.Member("success").ValueKind == JsonValueKind.False);
        }
        var (texts, images) = (new List<string>(), new List<string>());
        foreach (var part in output.EnumerateArray())
        {
            if (part.Text("image_url") is { } image)
                images.Add(image);
            else
                texts.Add(part.Text("text") ?? part.GetRawText());
        }
        return new CallResult(string.Join('\n', texts), images, null, null, null, false);
    }

    // An object with a text and nothing else that says something is its text.
    static string TextOf(JsonElement output) =>
        output.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? ""
        : output.Text("content") is { } content
        && output.EnumerateObject().All(member => member.Name is "content" or "success" || member.Value.ValueKind == JsonValueKind.Null)
            ? content
        : output.GetRawText();

    // {"output":"…","metadata":{"exit_code":0,"duration_seconds":0.1}}, and nothing besides.
    static CallResult? CommandJson(CallResult result)
    {
        if (
            !result.Text.StartsWith('{')
            || NestedJson.Read(result.Text) is not { } json
            || json.Text("output") is null
            || json.Member("metadata").ValueKind != JsonValueKind.Object
            || !json.EnumerateObject().All(member => member.Name is "output" or "metadata")
            || !json.Member("metadata").EnumerateObject().All(member => member.Name is "exit_code" or "duration_seconds")
        )
            return null;
        var inner = CallOutput.OfText(result.Text);
        return result with
        {
            Text = inner.Text,
            ExitCode = inner.ExitCode,
            DurationMs = inner.DurationMs ?? result.DurationMs,
            HasFailed = result.HasFailed || inner.HasFailed,
        };
    }

    // "Exit code: 1", "Wall time: 0.5 seconds", "Chunk ID: …", "Output:" and the like; null when the text does not begin so. Of what is no
    // command only the time.
    static CallResult? Headers(CallResult result, bool isCommand)
    {
        var (at, text) = (0, result.Text);
        while (at < text.Length)
        {
            var end = text.IndexOf('\n', at);
            var line = text.AsSpan(at, (end < 0 ? text.Length : end) - at).TrimEnd('\r');
            var isFirst = at == 0;
            at = end < 0 ? text.Length : end + 1;
            if (line is "Output:")
                return isFirst ? null : result with { Text = text[at..] };
            if (After(line, "Wall time: ") is { } time && Milliseconds(time) is { } milliseconds)
                result = result with { DurationMs = milliseconds };
            else if (!isCommand)
                return null;
            else if ((After(line, "Exit code: ") ?? After(line, "Process exited with code ")) is { } code && Number(code) is { } number)
                result = result with { ExitCode = number };
            else if (After(line, "Process running with session ID ") is { } session)
                result = result with { Session = session.Trim() };
            else if (
                After(line, "Chunk ID: ") is null
                && After(line, "Original token count: ") is null
                && After(line, "Total output lines: ") is null
            )
                return null;
        }
        return null;
    }

    static long? Number(string digits) =>
        long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    static string? After(ReadOnlySpan<char> line, string start) =>
        line.StartsWith(start, StringComparison.Ordinal) ? line[start.Length..].ToString() : null;

    static long? Milliseconds(string time) =>
        time.EndsWith(" seconds", StringComparison.Ordinal)
        && double.TryParse(time[..^" seconds".Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
        && seconds is >= 0 and < 1e12
            ? (long)Math.Round(seconds * 1000)
            : null;
}
