using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Spool.Cli;

/// <summary>How Codex is started to resume a thread.</summary>
/// <param name="Id">The thread.</param>
/// <param name="Folder">The folder the thread was started in, as recorded, or null where the log does not say.</param>
/// <param name="CodexHome">What <c>CODEX_HOME</c> has to be, or null where Codex finds the home by itself.</param>
sealed record CodexResume(ThreadId Id, string? Folder, string? CodexHome)
{
    /// <summary>The name of the program.</summary>
    public const string Program = "codex";

    /// <summary>Gets the command in the current folder, for a shell.</summary>
    public string WithoutFolder =>
        (CodexHome is null ? "" : $"{UserPlaces.CodexHomeVariable}={ShellText.Quote(CodexHome)} ") + string.Join(' ', Words);

    /// <summary>Gets the command in the folder of the thread, for a shell: one line, whatever the names of folders contain.</summary>
    public string ForShell => Folder is null ? WithoutFolder : $"cd {ShellText.Quote(Folder)} && {WithoutFolder}";

    string[] Words => [Program, "resume", Id.ToString()];

    /// <summary>Says how to resume a thread of a home.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="places">What the environment says, which Codex sees as well.</param>
    /// <param name="home">The home, as an absolute path.</param>
    public static CodexResume Of(StoredThread thread, UserPlaces places, string home) =>
        new(thread.Id, thread.Cwd.Length == 0 ? null : thread.Cwd, IsFoundByCodex(places, home) ? null : home);

    /// <summary>Writes the command as JSON.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="program">The path of the program, or null where it is not in <c>PATH</c>.</param>
    public void Write(Utf8JsonWriter json, string? program)
    {
        json.WriteStartObject();
        json.WriteStartArray("command"u8);
        foreach (var word in Words)
            json.WriteStringValue(word);
        json.WriteEndArray();
        json.WriteString("cwd"u8, Folder);
        json.WriteString("codexHome"u8, CodexHome);
        json.WriteString("program"u8, program);
        json.WriteEndObject();
    }

    /// <summary>Runs the command on this terminal and waits for its end.</summary>
    /// <param name="program">The path of the program.</param>
    /// <param name="paging">Says while it runs that it has the terminal.</param>
    /// <returns>The exit code of the program.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it cannot be started.</exception>
    public async Task<int> RunAsync(string program, Paging paging)
    {
        var start = new ProcessStartInfo(program, Words[1..]) { UseShellExecute = false, WorkingDirectory = Folder ?? "" };
        if (CodexHome is not null)
            start.Environment[UserPlaces.CodexHomeVariable] = CodexHome;
        paging.Begin();
        try
        {
            using var process = Process.Start(start)!;
            // A signal goes to it too, and it decides what that means.
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        catch (Win32Exception e)
        {
            throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, $"{program} cannot be started: {e.Message}", e);
        }
        finally
        {
            paging.End();
        }
    }

    // Codex takes a relative path to be in the folder that it is started in, and knows no tilde.
    static bool IsFoundByCodex(UserPlaces places, string home)
    {
        var found = places.CodexHome ?? (places.UserFolder is { } user ? Path.Join(user, UserPlaces.CodexFolder) : null);
        return found is not null && Path.IsPathFullyQualified(found) && Plain(found) == Plain(home);
    }

    static string Plain(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
