namespace Spool.Cli;

/// <summary>The exit codes that are not in the <see cref="ErrorTable"/>.</summary>
static class ExitCodes
{
    /// <summary>It worked.</summary>
    public const int Success = 0;

    /// <summary>The user interrupted it (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>Its terminal was closed (128 + SIGHUP).</summary>
    public const int HungUp = 129;

    /// <summary>It was ended by SIGQUIT (128 + SIGQUIT).</summary>
    public const int Quit = 131;

    /// <summary>The reader of the output went away (128 + SIGPIPE).</summary>
    public const int BrokenPipe = 141;

    /// <summary>It was ended by SIGTERM (128 + SIGTERM).</summary>
    public const int Terminated = 143;

    /// <summary>Gives the exit code of an error.</summary>
    public static int Of(ThreadStoreErrorCode code) => ErrorTable.For(code).ExitCode;
}
