//+------------------------------------------------------------------+
//| KiwiBridge: gives Kiwi the bars of this terminal, through files.  |
//|                                                                   |
//| It speaks the file protocol of DWX Connect (names of files and    |
//| commands, shape of answers) and adds GET_SYMBOLS and a heartbeat. |
//| It does not trade: commands that would are refused by name.       |
//| Folder: MQL5/Files/DWX of this terminal's data folder.            |
//+------------------------------------------------------------------+
#property copyright "Kiwi, Apache-2.0"
#property version   "1.00"

input int TimerMs      = 25;   // How often the folder is looked at, in milliseconds
input int MessagesKept = 50;   // Messages that stay in the file

#define BRIDGE_NAME     "KiwiBridge"
#define COMMAND_FILES   50
#define COMMAND_IDS     1000
#define BEAT_MS         1000

//--- What is followed: one bar series, and the last bar of it that was written.
struct BarSubscription
  {
   string            symbol;
   string            frameName;
   ENUM_TIMEFRAMES   frame;
   datetime          writtenTime;
   string            json;
  };

//--- One line of the message file.
struct Message
  {
   ulong             number;
   string            json;
  };

BarSubscription subscriptions[];
string          tickSymbols[];
Message         messages[];
long            commandIds[];
int             commandIdNext   = 0;
ulong           lastNumber      = 0;
ulong           lastBeatMs      = 0;
string          startedText     = "";
string          lastTickText    = "";

//+------------------------------------------------------------------+
//| Life                                                              |
//+------------------------------------------------------------------+
int OnInit()
  {
   FolderCreate("DWX");
   EmptyFolder();
   ForgetCommandIds();
   ArrayResize(subscriptions, 0);
   ArrayResize(tickSymbols, 0);
   ArrayResize(messages, 0);
   lastBeatMs   = 0;
   lastTickText = "";
   // Tells one life of the bridge from the next: whoever subscribed must subscribe again.
   startedText = TimeToString(TimeLocal(), TIME_DATE | TIME_SECONDS) + " " + IntegerToString((long)GetTickCount64());
   if(!EventSetMillisecondTimer(TimerMs))
     {
      Print(BRIDGE_NAME, ": the timer could not be set, error ", GetLastError());
      return(INIT_FAILED);
     }
   Beat();
   return(INIT_SUCCEEDED);
  }

void OnDeinit(const int reason)
  {
   EventKillTimer();
   EmptyFolder();
  }

void OnTimer()
  {
   ReadCommands();
   WriteNewBars();
   WriteTicks();
   if(GetTickCount64() - lastBeatMs >= BEAT_MS)
      Beat();
  }

void EmptyFolder()
  {
   string names[] = {"Orders", "Messages", "Market_Data", "Bar_Data", "Historic_Data", "Symbols", "Heartbeat"};
   for(int i = 0; i < ArraySize(names); i++)
      FileDelete(PathOf(names[i]));
   // A command from before the start is nobody's wish any more.
   for(int i = 0; i < COMMAND_FILES; i++)
      FileDelete(PathOf("Commands_" + IntegerToString(i)));
  }

//+------------------------------------------------------------------+
//| Commands: <:number|COMMAND|content:>                              |
//+------------------------------------------------------------------+
void ReadCommands()
  {
   // Clients fill the files from 0 on: behind the first that is missing there is none.
   for(int i = 0; i < COMMAND_FILES; i++)
     {
      string path = PathOf("Commands_" + IntegerToString(i));
      if(!FileIsExist(path))
         return;
      string text = "";
      if(!ReadText(path, text))
         return; // In use: the next look will do.
      // Carried out only if it is gone: otherwise it would be carried out again.
      if(!FileDelete(path))
         return;
      ReadCommand(text);
     }
  }

void ReadCommand(const string text)
  {
   int length = StringLen(text);
   if(length < 4 || StringSubstr(text, 0, 2) != "<:" || StringSubstr(text, length - 2, 2) != ":>")
     {
      SayError("WRONG_FORMAT_COMMAND", "A command begins with <: and ends with :> : " + text);
      return;
     }
   string parts[];
   if(StringSplit(StringSubstr(text, 2, length - 4), '|', parts) != 3)
     {
      SayError("WRONG_FORMAT_COMMAND", "A command has three parts: " + text);
      return;
     }
   long id = StringToInteger(parts[0]);
   if(parts[1] != "RESET_COMMAND_IDS" && !IsNewCommandId(id))
     {
      Print(BRIDGE_NAME, ": command ", id, " was carried out before and is passed over");
      return;
     }
   Execute(parts[1], parts[2]);
  }

void Execute(const string command, const string content)
  {
   if(command == "RESET_COMMAND_IDS")
      ForgetCommandIds();
   else if(command == "SUBSCRIBE_SYMBOLS_BAR_DATA")
      SubscribeBars(content);
   else if(command == "SUBSCRIBE_SYMBOLS")
      SubscribeTicks(content);
   else if(command == "GET_HISTORIC_DATA")
      AnswerHistory(content);
   else if(command == "GET_SYMBOLS")
      AnswerSymbols();
   else if(!ExecuteTrade(command, content))
      SayError("UNKNOWN_COMMAND", BRIDGE_NAME + " does not know the command " + command);
  }

//--- The place for OPEN_ORDER, MODIFY_ORDER, CLOSE_ORDER and their like. Until then they are refused aloud.
bool ExecuteTrade(const string command, const string content)
  {
   if(StringFind(command, "ORDER") < 0 && command != "GET_HISTORIC_TRADES")
      return(false);
   SayError("TRADING_NOT_SUPPORTED", BRIDGE_NAME + " gives data and does not trade: " + command);
   return(true);
  }

bool IsNewCommandId(const long id)
  {
   for(int i = 0; i < ArraySize(commandIds); i++)
      if(commandIds[i] == id)
         return(false);
   commandIds[commandIdNext] = id;
   commandIdNext = (commandIdNext + 1) % COMMAND_IDS;
   return(true);
  }

void ForgetCommandIds()
  {
   ArrayResize(commandIds, COMMAND_IDS);
   ArrayInitialize(commandIds, -1);
   commandIdNext = 0;
  }

//+------------------------------------------------------------------+
//| Bars as they close                                                |
//+------------------------------------------------------------------+
//--- Content: EURUSD,M1,GBPUSD,H1. Replaces what was followed before.
void SubscribeBars(const string content)
  {
   string parts[];
   int count = StringSplit(content, ',', parts);
   if(count < 2 || count % 2 != 0)
     {
      SayError("BAR_DATA_WRONG_FORMAT", "Symbols and timeframes come in pairs: " + content);
      return;
     }
   ArrayResize(subscriptions, 0);
   string wrong = "";
   for(int i = 0; i < count; i += 2)
     {
      ENUM_TIMEFRAMES frame;
      if(!FrameOf(parts[i + 1], frame) || !SymbolSelect(parts[i], true))
        {
         wrong += (wrong == "" ? "" : ", ") + "'" + parts[i] + "'";
         continue;
        }
      int last = ArraySize(subscriptions);
      ArrayResize(subscriptions, last + 1);
      subscriptions[last].symbol      = parts[i];
      subscriptions[last].frameName   = parts[i + 1];
      subscriptions[last].frame       = frame;
      subscriptions[last].writtenTime = 0;
      subscriptions[last].json        = "";
     }
   if(wrong == "")
      SayInfo("Successfully subscribed to bar data: " + content);
   else
      SayError("SUBSCRIBE_BAR_DATA", "Could not subscribe to bar data for: [" + wrong + "]");
   WriteNewBars();
  }

//--- All series are written each time, so that a reader who was late loses none.
void WriteNewBars()
  {
   bool isNew = false;
   for(int i = 0; i < ArraySize(subscriptions); i++)
     {
      MqlRates rates[];
      // The bar at 0 is still open.
      if(CopyRates(subscriptions[i].symbol, subscriptions[i].frame, 1, 1, rates) != 1)
         continue;
      if(rates[0].time <= subscriptions[i].writtenTime)
         continue;
      subscriptions[i].writtenTime = rates[0].time;
      subscriptions[i].json = Quoted(subscriptions[i].symbol + "_" + subscriptions[i].frameName) +
                              ": {\"time\": " + Quoted(MinuteText(rates[0].time)) + ", " +
                              BarJson(rates[0], DigitsOf(subscriptions[i].symbol)) + "}";
      isNew = true;
     }
   if(!isNew)
      return;
   string text = "";
   for(int i = 0; i < ArraySize(subscriptions); i++)
      if(subscriptions[i].json != "")
         text += (text == "" ? "" : ", ") + subscriptions[i].json;
   WriteText("Bar_Data", "{" + text + "}");
  }

//+------------------------------------------------------------------+
//| Prices                                                            |
//+------------------------------------------------------------------+
void SubscribeTicks(const string content)
  {
   string parts[];
   int count = StringSplit(content, ',', parts);
   ArrayResize(tickSymbols, 0);
   string wrong = "";
   for(int i = 0; i < count; i++)
     {
      if(parts[i] == "")
         continue;
      if(!SymbolSelect(parts[i], true))
        {
         wrong += (wrong == "" ? "" : ", ") + "'" + parts[i] + "'";
         continue;
        }
      int last = ArraySize(tickSymbols);
      ArrayResize(tickSymbols, last + 1);
      tickSymbols[last] = parts[i];
     }
   if(wrong == "")
      SayInfo("Successfully subscribed to: " + content);
   else
      SayError("SUBSCRIBE_SYMBOLS", "Could not subscribe to: [" + wrong + "]");
  }

void WriteTicks()
  {
   if(ArraySize(tickSymbols) == 0)
      return;
   string text = "";
   for(int i = 0; i < ArraySize(tickSymbols); i++)
     {
      MqlTick tick;
      if(!SymbolInfoTick(tickSymbols[i], tick))
         continue;
      int digits = DigitsOf(tickSymbols[i]);
      text += (text == "" ? "" : ", ") + Quoted(tickSymbols[i]) +
              ": {\"bid\": " + DoubleToString(tick.bid, digits) +
              ", \"ask\": " + DoubleToString(tick.ask, digits) +
              ", \"tick_value\": " + DoubleToString(SymbolInfoDouble(tickSymbols[i], SYMBOL_TRADE_TICK_VALUE), 8) + "}";
     }
   text = "{" + text + "}";
   if(text != lastTickText && WriteText("Market_Data", text))
      lastTickText = text;
  }

//+------------------------------------------------------------------+
//| History                                                           |
//+------------------------------------------------------------------+
//--- Content: EURUSD,M1,<first open>,<last open>, seconds of server time, both included.
void AnswerHistory(const string content)
  {
   string parts[];
   ENUM_TIMEFRAMES frame;
   if(StringSplit(content, ',', parts) != 4 || !FrameOf(parts[1], frame))
     {
      SayError("HISTORIC_DATA_WRONG_FORMAT", "Wrong format for GET_HISTORIC_DATA: " + content);
      return;
     }
   string symbol = parts[0];
   string key = symbol + "_" + parts[1];
   if(!SymbolSelect(symbol, true))
     {
      SayError("HISTORIC_DATA_SELECT_SYMBOL", "Could not select symbol " + symbol + " in market watch.");
      return;
     }
   datetime from = (datetime)StringToInteger(parts[2]);
   datetime to   = (datetime)StringToInteger(parts[3]);
   MqlRates rates[];
   ResetLastError();
   // In an Expert Advisor this call waits for the broker for a while when bars are missing.
   int count = CopyRates(symbol, frame, from, to, rates);
   int error = GetLastError();
   if(count <= 0)
     {
      AnswerNoHistory(symbol, frame, key, from, error);
      return;
     }
   int digits = DigitsOf(symbol);
   string text = "{" + Quoted(key) + ": {";
   for(int i = 0; i < count; i++)
     {
      if(i > 0)
         StringAdd(text, ", ");
      StringAdd(text, Quoted(MinuteText(rates[i].time)) + ": {" + BarJson(rates[i], digits) + "}");
     }
   StringAdd(text, "}}");
   if(!WriteText("Historic_Data", text))
      SayError("HISTORIC_DATA_LOADING", "The answer for " + key + " could not be written");
  }

//--- Three reasons for no bars, which mean three different things to whoever asked.
void AnswerNoHistory(const string symbol, const ENUM_TIMEFRAMES frame, const string key, const datetime from, const int error)
  {
   if(!(bool)SeriesInfoInteger(symbol, frame, SERIES_SYNCHRONIZED))
     {
      SayError("HISTORIC_DATA_LOADING", "Bars are being loaded for " + key + ", error " + IntegerToString(error));
      return;
     }
   datetime first = (datetime)SeriesInfoInteger(symbol, frame, SERIES_FIRSTDATE);
   if(first > 0 && from >= first)
     {
      // Within what the terminal holds there was no tick: that is an answer.
      WriteText("Historic_Data", "{" + Quoted(key) + ": {}}");
      return;
     }
   SayError("HISTORIC_DATA", "Could not get historic data for " + key + ": the terminal holds bars from " +
            MinuteText(first) + " on, error " + IntegerToString(error));
  }

//+------------------------------------------------------------------+
//| Symbols                                                           |
//+------------------------------------------------------------------+
void AnswerSymbols()
  {
   string text = "{";
   int total = SymbolsTotal(false);
   for(int i = 0; i < total; i++)
     {
      string symbol = SymbolName(i, false);
      bool isTrading = SymbolInfoInteger(symbol, SYMBOL_TRADE_MODE) != SYMBOL_TRADE_MODE_DISABLED;
      if(i > 0)
         StringAdd(text, ", ");
      StringAdd(text, Quoted(symbol) +
                ": {\"base\": " + Quoted(SymbolInfoString(symbol, SYMBOL_CURRENCY_BASE)) +
                ", \"quote\": " + Quoted(SymbolInfoString(symbol, SYMBOL_CURRENCY_PROFIT)) +
                ", \"tick_size\": " + DoubleToString(SymbolInfoDouble(symbol, SYMBOL_TRADE_TICK_SIZE), 10) +
                ", \"volume_step\": " + DoubleToString(SymbolInfoDouble(symbol, SYMBOL_VOLUME_STEP), 8) +
                ", \"contract_size\": " + DoubleToString(SymbolInfoDouble(symbol, SYMBOL_TRADE_CONTRACT_SIZE), 8) +
                ", \"is_trading\": " + (isTrading ? "true" : "false") +
                ", \"kind\": " + Quoted(KindOf(symbol)) + "}");
     }
   StringAdd(text, "}");
   WriteText("Symbols", text);
  }

string KindOf(const string symbol)
  {
   switch((int)SymbolInfoInteger(symbol, SYMBOL_TRADE_CALC_MODE))
     {
      case SYMBOL_CALC_MODE_FOREX:
      case SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE:
         return("forex");
      case SYMBOL_CALC_MODE_EXCH_STOCKS:
         return("stock");
      case SYMBOL_CALC_MODE_FUTURES:
      case SYMBOL_CALC_MODE_EXCH_FUTURES:
         return("future");
      default:
         return("other");
     }
  }

//+------------------------------------------------------------------+
//| Signs of life                                                     |
//+------------------------------------------------------------------+
void Beat()
  {
   lastBeatMs = GetTickCount64();
   bool isConnected = (bool)TerminalInfoInteger(TERMINAL_CONNECTED);
   WriteText("Heartbeat",
             "{\"bridge\": " + Quoted(BRIDGE_NAME) +
             ", \"started\": " + Quoted(startedText) +
             ", \"server_time\": " + Quoted(SecondText(TimeTradeServer())) +
             ", \"utc_time\": " + Quoted(SecondText(TimeGMT())) +
             ", \"connected\": " + (isConnected ? "true" : "false") + "}");
   WriteAccount();
  }

//--- Without the list of orders: an empty one would say that nothing is open.
void WriteAccount()
  {
   WriteText("Orders",
             "{\"account_info\": {\"name\": " + Quoted(AccountInfoString(ACCOUNT_NAME)) +
             ", \"number\": " + IntegerToString(AccountInfoInteger(ACCOUNT_LOGIN)) +
             ", \"currency\": " + Quoted(AccountInfoString(ACCOUNT_CURRENCY)) +
             ", \"leverage\": " + IntegerToString(AccountInfoInteger(ACCOUNT_LEVERAGE)) +
             ", \"free_margin\": " + DoubleToString(AccountInfoDouble(ACCOUNT_MARGIN_FREE), 2) +
             ", \"balance\": " + DoubleToString(AccountInfoDouble(ACCOUNT_BALANCE), 2) +
             ", \"equity\": " + DoubleToString(AccountInfoDouble(ACCOUNT_EQUITY), 2) + "}}");
  }

//+------------------------------------------------------------------+
//| Messages                                                          |
//+------------------------------------------------------------------+
void SayInfo(const string text)
  {
   Print(BRIDGE_NAME, ": ", text);
   Say("{\"type\": \"INFO\", \"time\": " + Quoted(SecondText(TimeGMT())) + ", \"message\": " + Quoted(text) + "}");
  }

void SayError(const string kind, const string text)
  {
   Print(BRIDGE_NAME, ": ", kind, ": ", text);
   Say("{\"type\": \"ERROR\", \"time\": " + Quoted(SecondText(TimeGMT())) + ", \"error_type\": " + Quoted(kind) +
       ", \"description\": " + Quoted(text) + "}");
  }

void Say(const string json)
  {
   // Numbers grow, so that a reader knows what is new.
   ulong number = GetTickCount64();
   if(number <= lastNumber)
      number = lastNumber + 1;
   lastNumber = number;
   int count = ArraySize(messages);
   if(count >= MessagesKept && count > 0)
     {
      for(int i = 1; i < count; i++)
         messages[i - 1] = messages[i];
      count--;
     }
   ArrayResize(messages, count + 1);
   messages[count].number = number;
   messages[count].json   = json;
   string text = "{";
   for(int i = 0; i <= count; i++)
      StringAdd(text, (i > 0 ? ", " : "") + "\"" + IntegerToString((long)messages[i].number) + "\": " + messages[i].json);
   WriteText("Messages", text + "}");
  }

//+------------------------------------------------------------------+
//| Words                                                             |
//+------------------------------------------------------------------+
bool FrameOf(const string name, ENUM_TIMEFRAMES &frame)
  {
   string names[] = {"M1", "M5", "M15", "M30", "H1", "H4", "D1", "W1", "MN1"};
   ENUM_TIMEFRAMES frames[] =
     {
      PERIOD_M1, PERIOD_M5, PERIOD_M15, PERIOD_M30, PERIOD_H1, PERIOD_H4, PERIOD_D1, PERIOD_W1, PERIOD_MN1
     };
   for(int i = 0; i < ArraySize(names); i++)
      if(names[i] == name)
        {
         frame = frames[i];
         return(true);
        }
   return(false);
  }

int DigitsOf(const string symbol)
  {
   return((int)SymbolInfoInteger(symbol, SYMBOL_DIGITS));
  }

string BarJson(const MqlRates &rate, const int digits)
  {
   return("\"open\": " + DoubleToString(rate.open, digits) +
          ", \"high\": " + DoubleToString(rate.high, digits) +
          ", \"low\": " + DoubleToString(rate.low, digits) +
          ", \"close\": " + DoubleToString(rate.close, digits) +
          ", \"tick_volume\": " + IntegerToString(rate.tick_volume));
  }

string MinuteText(const datetime time)
  {
   return(TimeToString(time, TIME_DATE | TIME_MINUTES));
  }

string SecondText(const datetime time)
  {
   return(TimeToString(time, TIME_DATE | TIME_SECONDS));
  }

string Quoted(const string text)
  {
   string result = text;
   StringReplace(result, "\\", "\\\\");
   StringReplace(result, "\"", "\\\"");
   StringReplace(result, "\r", " ");
   StringReplace(result, "\n", " ");
   StringReplace(result, "\t", " ");
   return("\"" + result + "\"");
  }

//+------------------------------------------------------------------+
//| Files                                                             |
//+------------------------------------------------------------------+
string PathOf(const string name)
  {
   return(StringFormat("DWX\\DWX_%s.txt", name));
  }

bool ReadText(const string path, string &text)
  {
   int handle = FileOpen(path, FILE_READ | FILE_TXT | FILE_ANSI | FILE_SHARE_READ, '\t', CP_UTF8);
   if(handle == INVALID_HANDLE)
      return(false);
   text = "";
   while(!FileIsEnding(handle))
      text += FileReadString(handle);
   FileClose(handle);
   return(true);
  }

//--- Aside and moved into place: a reader sees the old file or the new one.
bool WriteText(const string name, const string text)
  {
   string path  = PathOf(name);
   string aside = StringFormat("DWX\\DWX_%s.partial", name);
   if(!WriteWhole(aside, text))
      return(false);
   if(FileMove(aside, 0, path, FILE_REWRITE))
      return(true);
   // The file is being read: write into it, and the reader finds it half written and looks again.
   FileDelete(aside);
   return(WriteWhole(path, text));
  }

bool WriteWhole(const string path, const string text)
  {
   int handle = FileOpen(path, FILE_WRITE | FILE_TXT | FILE_ANSI | FILE_SHARE_READ, '\t', CP_UTF8);
   if(handle == INVALID_HANDLE)
      return(false);
   bool isWritten = FileWriteString(handle, text) > 0;
   FileClose(handle);
   return(isWritten);
  }
//+------------------------------------------------------------------+
