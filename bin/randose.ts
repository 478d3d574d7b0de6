#!/usr/bin/env node
import { keepCompiledCode } from '../src/system/compiled-code.ts';

keepCompiledCode();
void import('../src/cli/main.ts').then(({ main }) => main());
