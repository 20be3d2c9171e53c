namespace Spool.Cli;

/// <summary>A command that works on a home and refuses a server.</summary>
interface IWorksOnHome;
