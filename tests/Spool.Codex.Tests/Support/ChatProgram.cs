using System.Diagnostics;

namespace Spool.Codex.Tests;

/// <summary>The sample <c>samples/chat.cs</c> on a home, as a process of its own.</summary>
sealed class ChatProgram : IDisposable
{
    const string Prompt = "In which unit?";

    readonly Process _process;

    ChatProgram(Process process) => _process = process;

    /// <summary>Gets the thread of the chat.</summary>
    public ThreadId ThreadId { get; private set; }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a chat, or goes on with one.</summary>
    /// <param name="home">The home.</param>
    /// <param name="mode">The history mode.</param>
    /// <param name="threadId">The thread to go on with, or null for a new one.</param>
    public static async Task<ChatProgram> StartAsync(CodexHome home, string mode, ThreadId? threadId = null)
    {
        // From its own folder: what the tests get from the framework of web applications is not beside them.
        var program = Path.Combine(AppContext.BaseDirectory, "..", "..", "Spool.Chat", "release", "Spool.Chat.dll");
        string[] arguments = [Path.GetFullPath(program), home.Path, mode];
        var start = new ProcessStartInfo(CodexProgram.DotNet, threadId is { } known ? [.. arguments, known.ToString()] : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home.Work,
            Environment = { ["TMPDIR"] = home.User },
        };
        var chat = new ChatProgram(Process.Start(start)!);
        var first = await chat.ReadAsync();
        Assert.StartsWith("thread ", first, StringComparison.Ordinal);
        chat.ThreadId = ThreadId.Parse(first["thread ".Length..]);
        return chat;
    }

    /// <summary>Asks a question, and comes back when the chat asks in return: in the middle of the turn.</summary>
    public async Task BeginAsync(string question)
    {
        await _process.StandardInput.WriteLineAsync(question);
        await _process.StandardInput.FlushAsync(Cancellation);
        Assert.Equal(Prompt, await ReadAsync());
    }

    /// <summary>Asks a question and says what the chat asks in return.</summary>
    /// <returns>The answer.</returns>
    public async Task<string> AskAsync(string question, string unit)
    {
        await BeginAsync(question);
        await _process.StandardInput.WriteLineAsync(unit);
        await _process.StandardInput.FlushAsync(Cancellation);
        return await ReadAsync();
    }

    /// <summary>Ends the chat as a crash would: SIGKILL, at once.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(Cancellation);
    }

    /// <summary>Ends the chat as its user would: its input ends.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, _process.ExitCode);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    async Task<string> ReadAsync()
    {
        if (await _process.StandardOutput.ReadLineAsync(Cancellation) is { } line)
            return line;
        Assert.Fail($"The chat ended: {await _process.StandardError.ReadToEndAsync(Cancellation)}");
        return "";
    }
}
