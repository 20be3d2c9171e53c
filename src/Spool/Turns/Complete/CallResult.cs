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
    // A command's output may stand in the output of the tool that ran it.
    const int Nested = 3;

    /// <summary>Reads the output of a call.</summary>
    public static CallResult Read(JsonElement output)
    {
        var images = new List<string>();
        string text;
        var failed = false;
        if (output.ValueKind == JsonValueKind.Array)
        {
            var texts = new List<string>();
            foreach (var part in output.EnumerateArray())
            {
                if (part.Text("image_url") is { } image)
                    images.Add(image);
                else if (part.Text("text") is { } words)
                    texts.Add(words);
                else
                    texts.Add(part.GetRawText());
            }
            text = string.Join('\n', texts);
        }
        else
        {
            var plain = CallOutput.Read(output);
            failed = plain.HasFailed;
            if (plain.ExitCode is not null || plain.DurationMs is not null)
                return new CallResult(plain.Text, images, plain.ExitCode, plain.DurationMs, null, failed);
            text = plain.Text;
        }
        return Peel(new CallResult(text, images, null, null, null, failed), Nested);
    }

    static CallResult Peel(CallResult result, int depth)
    {
        if (depth == 0 || Headers(result) is not { } peeled)
            return result;
        var inner = CallOutput.OfText(peeled.Text);
        peeled = peeled with
        {
            Text = inner.Text,
            ExitCode = inner.ExitCode ?? peeled.ExitCode,
            DurationMs = inner.DurationMs ?? peeled.DurationMs,
        };
        return Peel(peeled with { HasFailed = peeled.HasFailed || peeled.ExitCode is not (null or 0) }, depth - 1);
    }

    // "Exit code: 1", "Wall time: 0.5 seconds", "Chunk ID: …", "Output:" and the like; null when the text does not begin so.
    static CallResult? Headers(CallResult result)
    {
        var (at, text) = (0, result.Text);
        while (at < text.Length)
        {
            var end = text.IndexOf('\n', at);
            var line = text.AsSpan(at, (end < 0 ? text.Length : end) - at).TrimEnd('\r');
            at = end < 0 ? text.Length : end + 1;
            if (line is "Output:")
                return result with { Text = text[at..] };
            if ((After(line, "Exit code: ") ?? After(line, "Process exited with code ")) is { } code)
                result = result with { ExitCode = Number(code) ?? result.ExitCode };
            else if (After(line, "Wall time: ") is { } time)
                result = result with { DurationMs = Milliseconds(time) ?? result.DurationMs };
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
